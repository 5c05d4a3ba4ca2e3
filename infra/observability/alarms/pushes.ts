import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationArns } from '../../push/application-arns.ts';
import { pushMetric } from '../push-metric.ts';
import type { AlarmSet } from './alarm-set.ts';
import { countOrShare } from './share.ts';

const DAY_MINUTES = 1440;
const QUARTER = Duration.minutes(15);

/** Adds alarms on pushes that are not sent, on credentials that are refused, and on users who get too many pushes. */
export function addPushAlarms(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  addOutageAlarm(alarms);
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

/** Adds an alarm on requests that were refused because no push could be sent. A few among many are no outage. */
function addOutageAlarm(alarms: AlarmSet): void {
  alarms.add({
    id: 'push-outage',
    stopsLogins: true,
    metric: countOrShare({
      part: alarms.metrics.metric('PushOutages'),
      whole: alarms.metrics.metric('RequestsStarted'),
      most: 600,
      label: 'requests without a push',
      period: Duration.minutes(5),
    }),
    threshold: 3,
    means: 'No push could be sent: logins are refused with 503.',
    first: 'check whether SNS has an outage in this region.',
  });
}

/**
 * Adds an alarm on pushes that SNS accepted and Apple or Google then refused: the client got a 200, but no phone rings.
 * People delete apps all the time, so where many pushes are delivered it looks at the share. There is no such alarm
 * without platform applications.
 */
function addDeliveryAlarm(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  if (Object.keys(applicationArns).length === 0) return;
  alarms.add({
    id: 'push-delivery',
    means: 'Pushes fail after SNS accepted them: clients wait, and phones do not ring.',
    first: 'find the kind of failure on the business dashboard (PushDeliveryFailures).',
    metric: countOrShare({
      part: sumOf(applicationArns, 'NumberOfNotificationsFailed'),
      whole: sumOf(applicationArns, 'NumberOfNotificationsDelivered'),
      most: 500,
      label: 'pushes failed',
      period: QUARTER,
    }),
    threshold: 10,
  });
}

function sumOf(applicationArns: ApplicationArns, metricName: Parameters<typeof pushMetric>[1]): MathExpression {
  const prefix = metricName === 'NumberOfNotificationsFailed' ? 'failed' : 'delivered';
  const parts = Object.entries(applicationArns).map(
    ([platform, arn]) => [`${prefix}_${platform.toLowerCase()}`, pushMetric(arn, metricName, QUARTER)] as const,
  );
  return new MathExpression({
    // An application without a failure has no metric. SUM over a list skips it.
    expression: `SUM([${parts.map(([name]) => name).join(', ')}])`,
    usingMetrics: Object.fromEntries(parts),
    period: QUARTER,
  });
}
