import { Duration } from 'aws-cdk-lib';
import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { LONGEST_DELAY_SECONDS } from '../../../provider/core/notifying/retries.ts';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

const MINUTE = Duration.minutes(1);

/** What events are made of. */
export type EventSources = { readonly handler: ProviderFunction; readonly queue: IQueue };

/** How many seconds ago the writes were committed that a run of the function got. Lambda counts milliseconds. */
export function ageOfWrites({ alias }: ProviderFunction): MathExpression {
  return new MathExpression({
    expression: 'age / 1000',
    usingMetrics: { age: alias.metric('IteratorAge', { statistic: 'Maximum', period: MINUTE }) },
    label: 'writes',
    period: MINUTE,
  });
}

/** How many seconds ago the oldest reminder was sent that is still in the queue. */
export function ageOfReminders(queue: IQueue): IMetric {
  return queue.metricApproximateAgeOfOldestMessage({ statistic: 'Maximum', period: MINUTE, label: 'reminders' });
}

/** Adds alarms on events that reach other systems late. Nothing is lost for as long as an event is tried. */
export function addEventAlarms(alarms: AlarmSet, { handler, queue }: EventSources): void {
  alarms.add({
    id: 'events-delayed',
    means:
      'Other systems are told late what happened: the function events is five minutes behind what was committed. After six hours Lambda gives a write up.',
    first: 'read the log of events: is it the bus that refuses, or one write that cannot be read?',
    metric: ageOfWrites(handler),
    threshold: 300,
    periods: { breaching: 3, of: 5 },
  });
  alarms.add({
    id: 'expiries-delayed',
    means: 'Other systems are told late that requests expired: reminders have waited for half an hour.',
    first: 'check that the function events runs, and read its log.',
    metric: ageOfReminders(queue),
    // AWS does not say whether the age of a message includes its delay. So a reminder that is on time may count with it.
    threshold: 2 * LONGEST_DELAY_SECONDS,
    periods: { breaching: 3, of: 5 },
  });
}
