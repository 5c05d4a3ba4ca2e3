import { answerEndpointTests } from '../../provider/edge/orders/endpoint-test-order.ts';
import { answerSelfChecks } from '../../provider/edge/orders/self-check.ts';
import { announcementFrom } from '../../provider/edge/queue/announcement.ts';
import { queueBatch } from '../../provider/edge/queue/queue-batch.ts';
import { testKeys } from '../../provider/flows/client/test-keys.ts';
import { notifyClient } from '../../provider/flows/notifying/notify-client.ts';
import { remindDevices } from '../../provider/flows/notifying/remind-devices.ts';
import { testEndpoint } from '../../provider/flows/notifying/test-endpoint.ts';
import { provePushRights } from '../../provider/flows/operating/prove-push-rights.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: Lambda runs it for the queue to which the device function announces decisions. It POSTs to the
 * client's notification endpoint that the request was answered (ping, CIBA §10.2), or the tokens themselves (push, CIBA
 * §10.3). A ping that cannot be delivered comes back until nothing can be redeemed any more, and a push until half of
 * the life of the access token is over.
 *
 * It also reminds the phones of a long request before it ends (docs/resend.md): a message of its own kind waits until
 * then, delayed again and again.
 *
 * Operators invoke it directly to try the endpoint of a client, or to fetch its keys (`ciba client test`,
 * docs/adr/0039).
 */
const { ports, log, postpone } = wire();

const notifyClients = queueBatch(log, {
  route: 'SQS client-notification',
  read: announcementFrom,
  handle: (announced) => (announced.reminds ? remindDevices(ports, announced) : notifyClient(ports, announced)),
  postpone,
});

const orders = answerEndpointTests(
  {
    test_endpoint_of: (clientId) => testEndpoint(ports, clientId),
    test_keys_of: (clientId) => testKeys(ports, clientId),
  },
  notifyClients,
);

export const handler = answerSelfChecks(() => provePushRights(ports), orders);
