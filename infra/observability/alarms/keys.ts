import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import { ruleMetric } from '../rule-metric.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Adds alarms on the rotation of signing keys, which runs twice a day. A failed run leaves days for a repair. */
export function addRotationAlarms(alarms: AlarmSet, signingKeys: ProviderFunction): void {
  alarms.add({
    id: 'rotation-failed',
    means: 'A run of the key rotation failed. Logins still work with the existing signing keys.',
    first: 'read the log of the function signing-keys.',
    metric: signingKeys.alias.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
  });
  alarms.add({
    id: 'rotation-missed',
    means: 'The key rotation has not run for a day, so signing keys will not be rotated when they are due.',
    first: 'check that its schedule is enabled.',
    metric: signingKeys.alias.metricInvocations({ period: Duration.hours(6), statistic: 'Sum' }),
    threshold: 1,
    when: 'below',
    periods: { breaching: 4, of: 4 },
    missing: TreatMissingData.BREACHING,
  });
}

/**
 * Adds an alarm on uses of the KMS key by others than the functions that may, and on changes of the policies that close
 * the signing keys, attempts that were denied included.
 */
export function addKeyUseAlarm(alarms: AlarmSet, { uses, changes }: { uses: Rule; changes: Rule }): void {
  const period = Duration.hours(1);
  alarms.add({
    id: 'key-used-by-others',
    severity: 'page',
    means:
      'Somebody other than the functions of the provider used the KMS key of the signing keys, or somebody changed its policy or that of the table Directory, or tried to. A deployment that changes one of the policies raises it too. The alarm ends after an hour, whatever happened.',
    first: 'read the call in the queue of the output KeyUseQueue: who, and was it denied?',
    metric: new MathExpression({
      // A rule that never matched has no metric. SUM over a list skips it.
      expression: 'SUM([uses, changes])',
      usingMetrics: { uses: ruleMetric(uses, period), changes: ruleMetric(changes, period) },
      label: 'calls by others',
      period,
    }),
    threshold: 1,
  });
}
