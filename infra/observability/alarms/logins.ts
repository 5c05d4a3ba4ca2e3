import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Requests, redemptions, and the authentication of clients and devices. */
export function addLoginAlarms(alarms: AlarmSet): void {
  addApprovalRateAlarm(alarms);
  alarms.addCount({
    metric: 'RepeatedRedemptions',
    id: 'repeated-redemption',
    threshold: 1,
    means: 'A login was redeemed a second time: a client repeats itself, or an auth_req_id leaked.',
    first: 'compare the addresses of both calls.',
  });
  alarms.addCount({
    metric: 'AssertionReplays',
    id: 'assertion-replays',
    threshold: 5,
    means: 'Client assertions are sent twice: a client reuses them, or somebody replays them.',
    first: 'which client, in the log of the function token?',
  });
  alarms.addCount({
    metric: 'ClientAuthenticationFailures',
    id: 'client-authentication',
    threshold: 50,
    means: 'Many calls fail to authenticate the client: a wrong secret was rolled out, or somebody guesses.',
    first: 'one client or many, in the log?',
  });
  alarms.addCount({
    metric: 'DevicesRefused',
    id: 'devices-refused',
    threshold: 50,
    means: 'Many phones fail to authenticate: an app release is broken, or somebody guesses.',
    first: 'which detail, in the log of the function device?',
  });
}

/** Fewer than one request in five is approved, of at least fifty in an hour: phones do not ring, or people say no. */
function addApprovalRateAlarm(alarms: AlarmSet): void {
  const started = alarms.metrics.metric('RequestsStarted', { minutes: 60 });
  const period = Duration.hours(1);
  alarms.add({
    id: 'approval-rate',
    means:
      'Fewer than one request in five is approved: pushes do not arrive, or users are asked what they did not start.',
    first: 'compare denials and expiries on the business dashboard.',
    metric: new MathExpression({
      // When nobody approves anything there is no count of approvals, and that is the worst of all: a zero for each
      // hour with requests stands in.
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

/** Two scheduled logins in a row failed, or did not take place: the one alarm that sees the provider as its users do. */
export function addSyntheticLoginAlarm(
  alarms: AlarmSet,
  login: { readonly handler: ProviderFunction; readonly every: Duration },
): void {
  alarms.add({
    id: 'synthetic-login',
    means: 'A login at the public address does not go through, twice in a row: very likely nobody can log in.',
    first: 'the log of the function synthetic-login names the step that failed.',
    metric: login.handler.alias.metricErrors({ period: login.every, statistic: 'Sum' }),
    threshold: 1,
    periods: { breaching: 2, of: 2 },
    missing: TreatMissingData.BREACHING,
  });
}
