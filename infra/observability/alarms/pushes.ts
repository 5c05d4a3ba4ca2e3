import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationArns } from '../../push/application-arns.ts';
import { pushMetric } from '../push-metric.ts';
import type { AlarmSet } from './alarm-set.ts';

const DAY_MINUTES = 1440;

/** Adds alarms on pushes that are not sent, on credentials that are refused, and on users who get too many pushes. */
export function addPushAlarms(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  alarms.addCount({
    metric: 'PushOutages',
    id: 'push-outage',
    stopsLogins: true,
    threshold: 3,
    means: 'No push could be sent: logins are refused with 503.',
    first: 'check whether SNS has an outage in this region.',
  });
  alarms.addCount({
    metric: 'PushCredentialsRefused',
    id: 'push-credentials',
    severity: 'page',
    threshold: 1,
    means:
      'Apple or Google refuse a push credential, so SNS disabled its platform application: those phones do not ring.',
    first: 'check whether the key was revoked; store a new key in the secret and run ciba push-credentials refresh.',
  });
  alarms.addCount({
    metric: 'PushCredentialsNotApplied',
    id: 'push-credential-not-applied',
    runbook: 'push-credentials',
    threshold: 1,
    // Each deployment counts a failed credential once. A shorter period would end the alarm before anyone saw it.
    minutes: DAY_MINUTES,
    means:
      'A deployment could not apply a push credential: its secret is empty, malformed or refused. OK only means that a day has passed, not that it was repaired; ciba doctor shows whether it was.',
    first:
      'read in the log of the function platform-application which credential failed and why; correct the secret and run ciba push-credentials refresh.',
  });
  alarms.addCount({
    metric: 'UsersLimited',
    id: 'push-bombing',
    threshold: 20,
    means: 'Clients ask users more often than the limit allows. The limit protects the users; this may be an attack.',
    first: 'find the client that asks in the log of backchannel-authentication.',
  });
  addDeliveryAlarm(alarms, applicationArns);
}

/**
 * Adds an alarm on pushes that SNS accepted and Apple or Google then refused: the client got a 200, but no phone rings.
 * There is no such alarm without platform applications.
 */
function addDeliveryAlarm(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  const period = Duration.minutes(15);
  const failed = Object.entries(applicationArns).map(
    ([platform, arn]) => [platform.toLowerCase(), pushMetric(arn, 'NumberOfNotificationsFailed', period)] as const,
  );
  if (failed.length === 0) return;
  alarms.add({
    id: 'push-delivery',
    means: 'Pushes fail after SNS accepted them: clients wait, and phones do not ring.',
    first: 'find the kind of failure on the business dashboard (PushDeliveryFailures).',
    metric: new MathExpression({
      // An application without a failure has no metric. SUM over a list skips it.
      expression: `SUM([${failed.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(failed),
      label: 'pushes failed',
      period,
    }),
    threshold: 10,
  });
}
