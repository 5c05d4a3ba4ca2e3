import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmSet } from './alarm-set.ts';

/** What no function could handle. */
export function addDeadLetterAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'dead-letters',
    means: 'An event could not be handled: of a push endpoint, of the schedule, or of the queue of pings.',
    first: 'read the message in the queue and the log of the function that it was for.',
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: 1,
  });
}
