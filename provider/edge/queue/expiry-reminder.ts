import * as v from 'valibot';
import { txnOf } from '../../core/digest.ts';
import type { ExpiryMessage } from '../../flows/operating/ports.ts';
import type { QueueMessage } from './queue-batch.ts';

const reminder = v.object({
  request_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{43}$/)),
} satisfies { readonly [Member in keyof ExpiryMessage]-?: v.GenericSchema<unknown, ExpiryMessage[Member]> });

/** Reads the reminder of a request that may have expired. Throws on any other message: only the function itself sends. */
export function expiryReminderFrom({ body }: QueueMessage) {
  const { request_id: requestId } = v.parse(reminder, body);
  return { requestId, correlationId: txnOf(requestId) };
}
