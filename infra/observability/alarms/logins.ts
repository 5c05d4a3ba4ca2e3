import { Duration } from 'aws-cdk-lib';
import { MathExpression, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { ProviderFunctions } from '../../functions/provider-functions.ts';
import type { AlarmSet } from './alarm-set.ts';
import { countOrShare } from './share.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** Adds alarms on approvals, on repeated redemptions, and on the authentication of clients and devices. */
export function addLoginAlarms(alarms: AlarmSet, functions: ProviderFunctions): void {
  addApprovalRateAlarm(alarms);
  addRepeatedRedemptionAlarm(alarms);
  alarms.addCount({
    metric: 'AssertionReplays',
    id: 'assertion-replays',
    threshold: 5,
    means: 'Client assertions arrive twice: a client reuses them, or an attacker replays them.',
    first: 'find the client in the logs of token, token-revocation and backchannel-authentication.',
  });
  addSecretEndsAlarm(alarms);
  addFraudAlarms(alarms);
  addAuthenticationAlarms(alarms, functions);
}

/** Adds an alarm on secrets in use that end soon, or ended. It looks at a day, because some clients rarely call. */
function addSecretEndsAlarm(alarms: AlarmSet): void {
  alarms.addCount({
    metric: 'SecretsEnding',
    id: 'secret-ends',
    threshold: 1,
    minutes: 24 * 60,
    means:
      'A client uses a secret that ends within 14 days, or that has ended. After its end the client can ask nobody.',
    first: 'ciba client list shows which, and when; then rotate the secret with an overlap.',
  });
}

/** Adds alarms on users who report fraud, and on clients that are refused because they look for users. */
function addFraudAlarms(alarms: AlarmSet): void {
  alarms.addCount({
    metric: 'FraudReports',
    id: 'fraud-reported',
    threshold: 1,
    means: 'A user reported a request as fraud. The client is blocked for this user until an operator unblocks it.',
    first: 'find the client and the user in the audit trail: client_blocked.',
  });
  alarms.addCount({
    metric: 'ClientsGuessing',
    id: 'client-guessing',
    threshold: 1,
    means: 'A client named too many unknown users and is refused for an hour: it guesses, or has wrong addresses.',
    first: 'find the client in the log of the function backchannel-authentication.',
  });
}

function addRepeatedRedemptionAlarm(alarms: AlarmSet): void {
  alarms.add({
    id: 'repeated-redemption',
    metric: countOrShare({
      part: alarms.metrics.metric('RepeatedRedemptions'),
      whole: alarms.metrics.metric('Logins'),
      most: 500,
      label: 'repeated redemptions',
      period: FIVE_MINUTES,
    }),
    // A single one is most often a client that repeats a call whose answer it lost.
    threshold: 5,
    means: 'Clients redeem logins a second time: one has a bug, or auth_req_ids leaked.',
    first: 'compare the IP addresses of both calls.',
  });
}

/** Adds alarms on clients and devices that fail to authenticate, as a share of the calls where they are many. */
function addAuthenticationAlarms(alarms: AlarmSet, functions: ProviderFunctions): void {
  alarms.add({
    id: 'client-authentication',
    metric: countOrShare({
      part: alarms.metrics.metric('ClientAuthenticationFailures'),
      whole: callsOf(functions['backchannel-authentication'], functions.token, functions['token-revocation']),
      most: 1000,
      label: 'client authentication failures',
      period: FIVE_MINUTES,
    }),
    threshold: 50,
    means: 'Many calls fail client authentication: a client has a wrong secret, or an attacker is guessing.',
    first: 'check in the log whether one client or many are affected.',
  });
  alarms.add({
    id: 'devices-refused',
    metric: countOrShare({
      part: alarms.metrics.metric('DevicesRefused'),
      whole: callsOf(functions.device),
      most: 1000,
      label: 'devices refused',
      period: FIVE_MINUTES,
    }),
    threshold: 50,
    means: 'Many phones fail to authenticate: an app release is broken, or an attacker is guessing.',
    first: 'find the most frequent detail in the log of the function device.',
  });
}

function callsOf(...functions: readonly ProviderFunction[]): MathExpression {
  const calls = functions.map(({ alias }, index) => {
    return [`c${index}`, alias.metricInvocations({ period: FIVE_MINUTES, statistic: 'Sum' })] as const;
  });
  return new MathExpression({
    expression: `SUM([${calls.map(([name]) => name).join(', ')}])`,
    usingMetrics: Object.fromEntries(calls),
    period: FIVE_MINUTES,
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
    stopsLogins: true,
    means: 'Two scheduled logins in a row failed at the public address or did not run. Probably nobody can log in.',
    first: 'read which step failed in the log of the function synthetic-login.',
    metric: login.handler.alias.metricErrors({ period: login.every, statistic: 'Sum' }),
    threshold: 1,
    periods: { breaching: 2, of: 2 },
    missing: TreatMissingData.BREACHING,
  });
}

/** Adds an alarm on the hook of canaries. A refused version shows in the deployment too, an unproven one only here. */
export function addBeforeTrafficAlarm(alarms: AlarmSet, hook: ProviderFunction): void {
  alarms.add({
    id: 'before-traffic',
    means: 'Before a new version of a function gets calls, a login with it failed or could not be tried.',
    first: 'read which of the two it was in the log of the function before-traffic.',
    metric: hook.lambda.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
  });
}
