import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmSet } from './alarm-set.ts';

const HOUR_MINUTES = 60;

/** Announced decisions: how long they wait, and what comes of them at the endpoints of clients. */
export function addPingAlarms(alarms: AlarmSet, queue: IQueue): void {
  addDelayAlarm(alarms, queue);
  alarms.addCount({
    metric: 'PingsGivenUp',
    id: 'pings-given-up',
    threshold: 3,
    minutes: HOUR_MINUTES,
    means:
      'Users answered, and their clients could not be reached until nothing could be redeemed any more, nor did they poll: each approval among them is a lost login.',
    first: 'one client or many, in the log of client-notification?',
  });
  alarms.addCount({
    metric: 'PingAttempts',
    dimensions: { detail: 'refused' },
    id: 'pings-refused',
    threshold: 10,
    minutes: HOUR_MINUTES,
    means:
      'Clients answer pings with something else than 2xx. No ping is sent twice, so one that only waits for it loses the login.',
    first: 'which client, and which notification_status, in the log of client-notification?',
  });
}

/**
 * Nobody takes the announcements, or the function fails with each. Those for an endpoint that nobody reaches count for
 * seconds only: SQS leaves out of this age what was received three times. Its age by quiet message groups would be
 * blind where one client has most of the traffic.
 */
function addDelayAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'pings-delayed',
    means: 'Clients in ping mode hear late that their users answered: announcements wait for more than a minute.',
    first: 'does the function client-notification run, and what does its log say?',
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
    threshold: 60,
    periods: { breaching: 3, of: 5 },
  });
}
