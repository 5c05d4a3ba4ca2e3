import { expiryReminderFrom } from '../../provider/edge/queue/expiry-reminder.ts';
import { queueBatch } from '../../provider/edge/queue/queue-batch.ts';
import { bySource } from '../../provider/edge/stream/event-source.ts';
import { streamBatch } from '../../provider/edge/stream/stream-batch.ts';
import { publishChanges } from '../../provider/flows/operating/publish-changes.ts';
import { publishExpiry } from '../../provider/flows/operating/publish-expiry.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: Lambda runs it for the streams of both tables, and for the queue of reminders. It tells other
 * systems by EventBridge what was committed (docs/events.md). What the bus does not accept comes back, so an event is
 * told at least once, and each repeat has the same id.
 */
const { ports, log, readWrite } = wire();

export const handler = bySource({
  'aws:dynamodb': streamBatch(log, {
    route: 'DynamoDB events',
    read: readWrite,
    handle: (changes) => publishChanges(ports, changes),
  }),
  'aws:sqs': queueBatch(log, {
    route: 'SQS events',
    read: expiryReminderFrom,
    handle: (reminder) => publishExpiry(ports, reminder),
  }),
});
