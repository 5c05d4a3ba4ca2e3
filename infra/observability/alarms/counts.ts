import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

const PERIOD = Duration.minutes(5);

/**
 * Adds an alarm on log lines whose counts CloudWatch could not read. All other alarms on counts are blind then. The
 * same code writes the lines of all functions, so the functions that each login calls stand for all of them.
 */
export function addLostCountsAlarm(alarms: AlarmSet, functions: readonly Pick<ProviderFunction, 'logGroup'>[]): void {
  const errors = functions.flatMap(({ logGroup }, index) =>
    ['EMFParsingErrors', 'EMFValidationErrors'].map((metricName, kind) => {
      const dimensionsMap = { LogGroupName: logGroup.logGroupName };
      const metric = new Metric({ namespace: 'AWS/Logs', metricName, dimensionsMap, statistic: 'Sum', period: PERIOD });
      return [`e${index}${kind}`, metric] as const;
    }),
  );
  alarms.add({
    id: 'counts-lost',
    means: 'CloudWatch cannot read counts in the log lines of the functions, so alarms and dashboards miss them.',
    first: 'find the function: its log group has the metric EMFParsingErrors or EMFValidationErrors in AWS/Logs.',
    metric: new MathExpression({
      // A log group without an error has no metric. SUM over a list skips it.
      expression: `SUM([${errors.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(errors),
      label: 'lines whose counts were lost',
      period: PERIOD,
    }),
    threshold: 1,
  });
}
