import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression, type Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { LONGEST_DELAY_SECONDS } from '../../../provider/core/notifying/retries.ts';
import type { AlarmSet } from './alarm-set.ts';
import { countOrShare } from './share.ts';

const HOUR_MINUTES = 60;
const HOUR = Duration.minutes(HOUR_MINUTES);

/**
 * Adds alarms on pings: how long they wait in the queue, and whether the endpoints of clients accept them. Where many
 * pings are accepted, one client alone does not ring them.
 */
export function addPingAlarms(alarms: AlarmSet, queue: IQueue): void {
  addDelayAlarm(alarms, queue);
  const accepted = attempts(alarms, 'accepted');
  alarms.add({
    id: 'pings-given-up',
    metric: countOrShare({
      part: alarms.metrics.metric('PingsGivenUp', { minutes: HOUR_MINUTES }),
      whole: accepted,
      most: 300,
      label: 'pings given up',
      period: HOUR,
    }),
    threshold: 3,
    means:
      'Clients could not be reached until their requests were over, and did not poll either, or until pushed tokens were too old. Each approval among them is a lost login.',
    first: 'check in the log of client-notification whether one client or many are affected.',
  });
  alarms.add({
    id: 'pings-refused',
    metric: countOrShare({
      part: attempts(alarms, 'refused'),
      whole: accepted,
      most: 200,
      label: 'pings refused',
      period: HOUR,
    }),
    threshold: 10,
    means:
      'Clients answer pings or pushes with a status that ends them, and is not 2xx. A client that does not poll loses the login.',
    first: 'find the client and the notification_status in the log of client-notification.',
  });
}

function attempts({ metrics }: AlarmSet, detail: 'accepted' | 'refused'): Metric {
  return metrics.metric('PingAttempts', { minutes: HOUR_MINUTES, dimensions: { detail } });
}

/**
 * Adds an alarm on announcements that wait because nothing receives them or the function fails. An announcement for an
 * unreachable endpoint counts for seconds only, because SQS excludes messages that were received three times from this
 * age. The metric for quiet message groups would miss a delay where one client has most of the traffic. AWS does not
 * say whether the age of a message includes its delay. So while messages are delayed, the longest delay is subtracted:
 * they watch the expiry of requests of clients in push mode, or wait for an endpoint that has been out for long.
 */
function addDelayAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'pings-delayed',
    means: 'Clients in ping and push mode are notified late: decisions wait in the queue for a minute or longer.',
    first: 'check that the function client-notification runs, and read its log.',
    metric: ageOfWaiting(queue),
    threshold: 60,
    periods: { breaching: 3, of: 5 },
  });
}

/** How many seconds ago the oldest message was sent that waits although its time has come. */
function ageOfWaiting(queue: IQueue): IMetric {
  const period = Duration.minutes(1);
  const most = { period, statistic: 'Maximum' };
  return new MathExpression({
    expression: `IF(delayed > 0, age - ${LONGEST_DELAY_SECONDS}, age)`,
    usingMetrics: {
      age: queue.metricApproximateAgeOfOldestMessage(most),
      delayed: queue.metricApproximateNumberOfMessagesDelayed(most),
    },
    label: 'seconds',
    period,
  });
}
