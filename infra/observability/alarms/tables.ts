import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { TableRole } from '../../../provider/core/operating/function-spec.ts';
import type { AlarmSet } from './alarm-set.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Adds an alarm for each DynamoDB table on reads and writes that it throttled. */
export function addTableAlarms(alarms: AlarmSet, tables: Readonly<Record<TableRole, ITableV2>>): void {
  for (const [role, table] of Object.entries(tables)) addTableAlarm(alarms, role, table);
}

function addTableAlarm(alarms: AlarmSet, role: string, table: ITableV2): void {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: 'Sum',
      period: FIVE_MINUTES,
    });
  alarms.add({
    id: `${role}-throttled`,
    runbook: 'table-throttled',
    means: `DynamoDB throttles reads or writes of the table ${role}: logins slow down or fail.`,
    first: 'check whether one key is hot, or the load more than doubled within half an hour.',
    metric: new MathExpression({
      // Each metric exists only after its first throttle. SUM over a list skips missing metrics.
      expression: 'SUM([reads, writes])',
      usingMetrics: { reads: metric('ReadThrottleEvents'), writes: metric('WriteThrottleEvents') },
      label: `${role} throttled`,
      period: FIVE_MINUTES,
    }),
    threshold: 10,
  });
}
