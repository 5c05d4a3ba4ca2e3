import * as v from 'valibot';
import { jsonIn, type LocalRoute, send, sendWrong, stream } from './local-call.ts';
import { trialClientOrder } from './trial-clients.ts';

/** Routes for clients that the demo page and the examples play. */
export const clientRoutes: Readonly<Record<string, LocalRoute>> = {
  'POST /local/client': makeClient,
  'GET /local/notifications': streamNotifications,
};

/** Registers a client like a seeded one, but for some members, as an operator would. */
async function makeClient(...[world, , { body, response }]: Parameters<LocalRoute>): Promise<void> {
  const order = v.safeParse(trialClientOrder, jsonIn(body));
  if (!order.success)
    return sendWrong(response, 'The body must be JSON with like (a seeded client), client_id and metadata.');
  const { status, answer } = await world.trialClients.make(order.output);
  send(response, status, answer);
}

/** Streams what comes to the notification endpoint of the demo page with a token, as server-sent events. */
function streamNotifications(...[world, , { query, response }]: Parameters<LocalRoute>): void {
  const token = query.get('token');
  if (token) stream(response, 'notification', (sendEvent) => world.endpoint.connect(token, sendEvent));
  else sendWrong(response, 'token is required.');
}
