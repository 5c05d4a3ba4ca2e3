import * as v from 'valibot';
import type { QueueMessage } from './queue-batch.ts';

const announcement = v.object({ request_id: v.string(), correlation_id: v.string() });

/** The announcement of a decision, as the device function sent it. Anything else throws: nobody else may send. */
export function announcementFrom({ body, sentAt, receives }: QueueMessage) {
  const { request_id: requestId, correlation_id: correlationId } = v.parse(announcement, body);
  return { requestId, correlationId, announcedAt: sentAt, tries: receives };
}
