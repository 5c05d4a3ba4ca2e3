import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

const MINUTE = Duration.minutes(1);

/**
 * Three failures within a minute: the function threw, ran out of time or did not start (Lambda counts those), or caught
 * a fault and answered 500 (its log counts those). Also what rolls a canary back.
 */
export function addFaultAlarm(alarms: AlarmSet, target: ProviderFunction): Alarm {
  return alarms.add({
    id: `${target.name}-faults`,
    runbook: 'faults',
    means: `The function ${target.name} fails: ${harmOf(target)}.`,
    first: 'was there a deployment in the last hour? Then roll back.',
    metric: new MathExpression({
      // A function that never had a fault has no metric of faults, and a + with nothing may come to nothing: its canary
      // would go on. A sum over a list leaves out what is not there. FILL is no help: where there is no metric it has
      // nothing to fill, and in the last minute its zero would stand for lines that are still on their way.
      expression: 'SUM([errors, faults])',
      usingMetrics: {
        errors: target.alias.metricErrors({ period: MINUTE, statistic: 'Sum' }),
        faults: alarms.metrics.metric('Faults', { minutes: 1, dimensions: { service: target.name } }),
      },
      label: `${target.name} failures`,
      period: MINUTE,
    }),
    threshold: 3,
    // What is counted in the log arrives later than what Lambda counts, maybe when its minute was looked at already.
    periods: { breaching: 1, of: 3 },
  });
}

/** What its failures mean, and for whom. */
function harmOf({ name }: ProviderFunction): string {
  return name === 'client-notification'
    ? 'clients in ping mode hear late that their users answered, or not at all'
    : 'callers get 500';
}

/** Any function: Lambda turned calls away. */
export function addThrottleAlarm(alarms: AlarmSet, functions: readonly ProviderFunction[]): void {
  const metrics = functions.map((one, index) => [`f${index}`, one.alias.metricThrottles({ period: MINUTE })] as const);
  alarms.add({
    id: 'throttles',
    means: 'Lambda turns calls away: the account has too few concurrent executions, or a reservation is too small.',
    first: 'compare ConcurrentExecutions with the quota, and ask for more.',
    metric: new MathExpression({
      // A function that is never called has no metric, and must not keep the others from being summed up.
      expression: `SUM([${metrics.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(metrics),
      label: 'calls turned away',
      period: MINUTE,
    }),
    threshold: 1,
    periods: { breaching: 3, of: 5 },
  });
}
