import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Adds alarms on approvals, on repeated redemptions, and on the authentication of clients and devices. */
export function addLoginAlarms(alarms: AlarmSet): void {
  addApprovalRateAlarm(alarms);
  alarms.addCount({
    metric: 'RepeatedRedemptions',
    id: 'repeated-redemption',
    threshold: 1,
    means: 'A client tried to redeem a login a second time: it has a bug, or an auth_req_id leaked.',
    first: 'compare the IP addresses of both calls.',
  });
  alarms.addCount({
    metric: 'AssertionReplays',
    id: 'assertion-replays',
    threshold: 5,
    means: 'Client assertions arrive twice: a client reuses them, or an attacker replays them.',
    first: 'find the client in the log of the function token.',
  });
  alarms.addCount({
    metric: 'ClientAuthenticationFailures',
    id: 'client-authentication',
    threshold: 50,
    means: 'Many calls fail client authentication: a client has a wrong secret, or an attacker is guessing.',
    first: 'check in the log whether one client or many are affected.',
  });
  alarms.addCount({
    metric: 'DevicesRefused',
    id: 'devices-refused',
    threshold: 50,
    means: 'Many phones fail to authenticate: an app release is broken, or an attacker is guessing.',
    first: 'find the most frequent detail in the log of the function device.',
  });
}

/** Adds an alarm on hours with at least fifty requests of which fewer than one in five was approved. */
function addApprovalRateAlarm(alarms: AlarmSet): void {
  const started = alarms.metrics.metric('RequestsStarted', { minutes: 60 });
  const period = Duration.hours(1);
  alarms.add({
    id: 'approval-rate',
    means:
      'Users approve fewer than one request in five: pushes do not arrive, or users get requests that they did not start.',
    first: 'compare denials and expiries on the business dashboard.',
    metric: new MathExpression({
      // Without any approval the metric Approvals has no data, although that is the worst case. `none` adds a zero for
      // each hour with requests.
      expression: 'IF(started >= 50, 100 * SUM([approved, none]) / started, 100)',
      usingMetrics: {
        started,
        approved: alarms.metrics.metric('Approvals', { minutes: 60 }),
        none: new MathExpression({ expression: '0 * started', usingMetrics: { started }, period }),
      },
      label: 'approved in percent',
      period,
    }),
    threshold: 20,
    when: 'below',
  });
}

/**
 * Adds an alarm on two scheduled logins in a row that failed or did not take place. It is the only alarm that sees the
 * provider as its users do.
 */
export function addSyntheticLoginAlarm(
  alarms: AlarmSet,
  login: { readonly handler: ProviderFunction; readonly every: Duration },
): void {
  alarms.add({
    id: 'synthetic-login',
    means: 'Two scheduled logins in a row failed at the public address or did not run. Probably nobody can log in.',
    first: 'read which step failed in the log of the function synthetic-login.',
    metric: login.handler.alias.metricErrors({ period: login.every, statistic: 'Sum' }),
    threshold: 1,
    periods: { breaching: 2, of: 2 },
    missing: TreatMissingData.BREACHING,
  });
}
