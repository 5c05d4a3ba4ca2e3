import * as v from 'valibot';
import type { AnnouncementMessage } from '../../flows/notifying/ports.ts';
import type { QueueMessage } from './queue-batch.ts';

const announcement = v.object({
  request_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
  /** Sent as a header of the ping. */
  correlation_id: v.pipe(v.string(), v.regex(/^[\x21-\x7E]{1,128}$/)),
  /** Nothing is decided yet: a client in push mode is to be told of the expiry. */
  watches_expiry: v.optional(v.literal(true)),
  /** Nothing is decided yet: phones are to be reminded before the request ends. */
  reminds: v.optional(v.literal(true)),
} satisfies {
  readonly [Member in keyof AnnouncementMessage]-?: v.GenericSchema<unknown, AnnouncementMessage[Member]>;
});

/**
 * Reads the announcement of a decision, as the device function sent it. Throws on any other message: only the device
 * function may send.
 */
export function announcementFrom({ body, sentAt }: QueueMessage) {
  const { request_id: requestId, correlation_id: correlationId, watches_expiry, reminds } = v.parse(announcement, body);
  const kind = { ...(watches_expiry && { watchesExpiry: watches_expiry }), ...(reminds && { reminds }) };
  return { requestId, correlationId, announcedAt: sentAt, ...kind };
}
