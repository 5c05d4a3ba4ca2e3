import { Duration } from 'aws-cdk-lib';
import { MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { ApplicationArns } from '../../push/application-arns.ts';
import { pushMetric } from '../push-metric.ts';
import type { AlarmSet } from './alarm-set.ts';

const DAY_MINUTES = 1440;

/** Pushes that are not sent, credentials that are refused, and users who get too many pushes. */
export function addPushAlarms(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  alarms.addCount({
    metric: 'PushOutages',
    id: 'push-outage',
    threshold: 3,
    means: 'No push could be sent: logins are refused with 503.',
    first: 'is SNS disturbed in this region?',
  });
  alarms.addCount({
    metric: 'PushCredentialsRefused',
    id: 'push-credentials',
    threshold: 1,
    means: 'SNS has switched off a platform application: Apple or Google refuse the credential.',
    first: 'was the key revoked? Store the new one in the secret and refresh.',
  });
  alarms.addCount({
    metric: 'PushCredentialsNotApplied',
    id: 'push-credential-not-applied',
    runbook: 'push-credentials',
    threshold: 1,
    // It is counted once, by the deployment: within minutes nobody would have seen it.
    minutes: DAY_MINUTES,
    means:
      'A push credential could not be applied when it was deployed: its secret is empty, malformed or refused. OK only says that a day has passed, not that it was mended: ciba doctor tells.',
    first: 'the log of the function platform-application says which and why; mend the secret and refresh.',
  });
  alarms.addCount({
    metric: 'UsersLimited',
    id: 'push-bombing',
    threshold: 20,
    means: 'Users are asked more often than the limit allows. They are protected; somebody is trying.',
    first: 'which client asks, in the log of backchannel-authentication?',
  });
  addDeliveryAlarm(alarms, applicationArns);
}

/**
 * Apple or Google refuse what SNS had taken: the request was answered 200, and no phone rings. There is none without
 * platform applications.
 */
function addDeliveryAlarm(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  const period = Duration.minutes(15);
  const failed = Object.entries(applicationArns).map(
    ([platform, arn]) => [platform.toLowerCase(), pushMetric(arn, 'NumberOfNotificationsFailed', period)] as const,
  );
  if (failed.length === 0) return;
  alarms.add({
    id: 'push-delivery',
    means: 'Pushes fail after SNS took them: clients wait, and phones do not ring.',
    first: 'which kind, at PushDeliveryFailures on the business dashboard?',
    metric: new MathExpression({
      // An application without a failure has no metric, and must not keep the others from being summed up.
      expression: `SUM([${failed.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(failed),
      label: 'pushes failed',
      period,
    }),
    threshold: 10,
  });
}
