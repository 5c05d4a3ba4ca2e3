import { Duration } from 'aws-cdk-lib';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmSet } from './alarm-set.ts';

/** Adds an alarm on events that no function could handle. */
export function addDeadLetterAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'dead-letters',
    means:
      'No function could handle an event of a push endpoint, of the key rotation schedule or of the queue of pings, or what other systems are told; or tokens could not be pushed to a client.',
    first: 'read the message in the dead-letter queue, and the log of the function that it was meant for.',
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5), statistic: 'Maximum' }),
    threshold: 1,
  });
}
