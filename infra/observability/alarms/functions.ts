import { Duration } from 'aws-cdk-lib';
import { type Alarm, MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet, AlarmSpec } from './alarm-set.ts';
import { countOrShare } from './share.ts';

const MINUTE = Duration.minutes(1);

/** The functions without which nobody logs in. */
const ON_LOGIN_PATH = ['backchannel-authentication', 'token', 'device'];
/** What failures mean of functions that are not called over HTTP. */
const CONSEQUENCES: Readonly<Record<string, string>> = {
  'client-notification': 'clients in ping and push mode learn late that their users answered, or not at all',
  events: 'other systems learn late what happened',
};
/** Calls in a minute beyond which the alarm on failures looks at their share. */
const MANY_CALLS = 600;

/**
 * Adds an alarm on three failures within a minute, or on 0.5 % of the calls where there are more than 600. It also
 * rolls a canary back, and no canary starts while it is on, so a few failures among many calls must not ring it. Lambda
 * counts calls that threw, timed out or did not start; the function's log counts faults that it caught and answered
 * with 500.
 */
export function addFaultAlarm(alarms: AlarmSet, target: ProviderFunction): Alarm {
  return alarms.add({
    id: `${target.name}-faults`,
    runbook: 'faults',
    ...(ON_LOGIN_PATH.includes(target.name) && { stopsLogins: true }),
    means: `The function ${target.name} fails: ${consequenceOf(target)}.`,
    first: 'if there was a deployment in the last hour, roll it back.',
    metric: countOrShare({
      part: failuresOf(alarms, target),
      whole: target.alias.metricInvocations({ period: MINUTE, statistic: 'Sum' }),
      most: MANY_CALLS,
      label: `${target.name} failures`,
      period: MINUTE,
    }),
    threshold: 3,
    // Counts from the log arrive later than those of Lambda, possibly after their minute was evaluated.
    periods: { breaching: 1, of: 3 },
  });
}

function failuresOf(alarms: AlarmSet, target: ProviderFunction): MathExpression {
  return new MathExpression({
    // A function that never had a fault has no metric Faults. Adding a missing metric with + may yield no data, and
    // the canary would carry on. SUM over a list skips missing metrics. FILL does not help: without a metric it has
    // nothing to fill, and in the last minute it would put a zero where log lines are still on their way.
    expression: 'SUM([errors, faults])',
    usingMetrics: {
      errors: target.alias.metricErrors({ period: MINUTE, statistic: 'Sum' }),
      faults: alarms.metrics.metric('Faults', { minutes: 1, dimensions: { service: target.name } }),
    },
    period: MINUTE,
  });
}

/** Says what failures of the function mean, and for whom. */
function consequenceOf({ name }: ProviderFunction): string {
  return CONSEQUENCES[name] ?? 'callers get 500';
}

/**
 * Adds an alarm on calls of functions on the path of a login that Lambda throttled, and one on those of all others.
 * Only the first means that users cannot log in: an operator's script that runs into the reservation of `admin` wakes
 * nobody.
 */
export function addThrottleAlarms(alarms: AlarmSet, functions: readonly ProviderFunction[]): void {
  const isOnPath = ({ name }: ProviderFunction) => ON_LOGIN_PATH.includes(name);
  alarms.add({
    id: 'throttles',
    stopsLogins: true,
    means:
      'Lambda throttles calls, so logins fail or slow down: the account has too few concurrent executions, or a reservation is too small.',
    first: 'compare the metric ConcurrentExecutions with the quota of the account, and request a higher quota.',
    ...throttledCallsOf(functions.filter(isOnPath)),
  });
  alarms.add({
    id: 'other-throttles',
    runbook: 'throttles',
    means: 'Lambda throttles calls for which no login waits: operators get errors, and pings and push events are late.',
    first: 'find the function on the technical dashboard: does it have a reservation that is too small?',
    ...throttledCallsOf(functions.filter((one) => !isOnPath(one))),
  });
}

function throttledCallsOf(functions: readonly ProviderFunction[]): Pick<AlarmSpec, 'metric' | 'threshold' | 'periods'> {
  const metrics = functions.map((one, index) => [`f${index}`, one.alias.metricThrottles({ period: MINUTE })] as const);
  return {
    metric: new MathExpression({
      // A function that was never called has no metric. SUM over a list skips it.
      expression: `SUM([${metrics.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(metrics),
      label: 'calls throttled',
      period: MINUTE,
    }),
    threshold: 1,
    periods: { breaching: 3, of: 5 },
  };
}

/**
 * Adds an alarm on the concurrency of the account, which all functions of the region share, others' included. It rings
 * before Lambda throttles. CloudWatch does not know the quota, so it is a setting.
 */
export function addConcurrencyAlarm(alarms: AlarmSet, quota = 1000): void {
  alarms.add({
    id: 'concurrency',
    means: `Functions of the account use 80 % of the ${quota} concurrent executions that it may have in this region. Beyond that, Lambda throttles logins.`,
    first: 'see in the console of Lambda which function uses them, and request a higher quota.',
    metric: new Metric({
      namespace: 'AWS/Lambda',
      metricName: 'ClaimedAccountConcurrency',
      statistic: 'Maximum',
      period: MINUTE,
    }),
    threshold: Math.floor(0.8 * quota),
    periods: { breaching: 3, of: 5 },
  });
}
