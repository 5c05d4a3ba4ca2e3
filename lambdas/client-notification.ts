import { wireClientNotification } from './adapters/wiring.ts';
import { notifyClient } from './flows/notify-client.ts';
import { announcementFrom } from './http/announcement.ts';
import { queueBatch } from './http/queue-batch.ts';

/**
 * Not an HTTP function: fed by the queue to which the device function announces decisions. POSTs to the client's
 * notification endpoint that the request was answered (ping, CIBA §10.2). What can't be delivered comes back until
 * nothing could be redeemed any more.
 */
const { ports, log, postpone } = wireClientNotification();

export const handler = queueBatch(log, {
  route: 'SQS client-notification',
  read: announcementFrom,
  handle: (announced) => notifyClient(ports, announced),
  postpone,
});
