import { type Client, isSameRegistration, type Registration } from '../../core/client/client.ts';
import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import { txnOf } from '../../core/digest.ts';
import {
  decideNotification,
  type NotificationDecision,
  type NotificationReason,
} from '../../core/notifying/notification-decision.ts';
import {
  LEASE_SECONDS,
  LONGEST_PAUSE_SECONDS,
  LOOK_AGAIN_SECONDS,
  mayBeStoredYet,
  pauseBefore,
} from '../../core/notifying/retries.ts';
import type { Noted } from '../../core/operating/log-line.ts';
import type { Clients } from '../client/ports.ts';
import type { Clock, Entropy } from '../ports.ts';
import type { Announced, NotificationSender, Notifications, NotifyOutcome } from './ports.ts';
import { type PushPorts, pushToClient } from './push/push-to-client.ts';

/** What this flow needs. */
export type NotifyPorts = {
  readonly notifications: Notifications;
  readonly clients: Clients;
  readonly sender: NotificationSender;
  readonly entropy: Entropy;
  readonly clock: Clock;
} & PushPorts;

const done = (reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({ noted: { reason, ...noted } });
const again = (seconds: number, reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({
  againInSeconds: seconds,
  noted: { reason, ...noted },
});

/**
 * Notifies the client of a decision (CIBA §10.2), or pushes it the tokens (`push/push-to-client.ts`). The announcement
 * states only an intent: the request itself shows whether there is a decision. Any HTTP answer to a ping ends the
 * matter, even a refusal. Only an endpoint that cannot be reached is tried again, until nothing can be redeemed any
 * more. Another client that has the id now is not notified: it would receive the bearer token and the `auth_req_id` of
 * the client that asked. Announcements may be delivered twice; a lease prevents two notifications.
 */
export async function notifyClient(ports: NotifyPorts, announced: Announced): Promise<NotifyOutcome> {
  const { requestId } = announced;
  const request = await ports.notifications.findRequest(requestId);
  if (!request) return dropAnnouncement(ports, requestId, { because: 'unknown_request', isOver: true });
  const found = await findAsker(ports, request);
  if ('client' in found && isPushed(request, found.client))
    return pushToClient(ports, { announced, request, client: found.client });
  if (isSealed(request)) await ports.requests.dropSealed(requestId);
  const decision = decideNotification(request, { at: announced.announcedAt, now: ports.clock() });
  if (decision.outcome === 'wait') return again(decision.seconds, 'not_decided_yet', { txn: txnOf(requestId) });
  if (decision.outcome === 'drop') return dropAnnouncement(ports, requestId, decision);
  return ping(ports, announced, { found, until: decision.until, request });
}

/** Sends a ping, and records what came of it. */
async function ping(
  ports: NotifyPorts,
  announced: Announced,
  { found, until, request }: { found: Asker; until: number; request: AuthenticationRequest },
): Promise<NotifyOutcome> {
  const { requestId, correlationId } = announced;
  const about = { txn: txnOf(requestId), client_id: found.clientId };
  if (!('client' in found)) {
    await ports.notifications.forget(requestId);
    return done(found.because, about);
  }
  const now = ports.clock();
  const holder = ports.entropy.id();
  const claim = await ports.notifications.claim({ requestId, now, until: now + LEASE_SECONDS, holder });
  if (claim.outcome === 'not_stored' && mayBeStoredYet(request, now))
    return again(LOOK_AGAIN_SECONDS, 'not_stored_yet', about);
  if (claim.outcome === 'over' || claim.outcome === 'not_stored') return done('notified_already', about);
  if (claim.outcome === 'claimed_by_another') return again(claim.until - now, 'being_notified', about);
  const { notificationEndpoint: endpoint } = found.client;
  const sent = await ports.sender.send({ ...claim.address, endpoint, correlationId });
  return 'status' in sent
    ? recordAnswer(ports, announced, { holder, status: sent.status, about })
    : retryLater(ports, announced, {
        holder,
        tries: claim.tries,
        until,
        about: { ...about, detail: sent.unreachable },
      });
}

type Notified = Client & { readonly notificationEndpoint: string };
/** The client that asked, or why it is not notified. */
type Asker = { readonly clientId: string } & (
  | { readonly client: Notified }
  | { readonly because: 'client_not_notified' | 'client_replaced' }
);

/**
 * Finds the client that asked, or why it is not notified. A copy that is not of this client is read anew, because it
 * may be older than the client.
 */
async function findAsker({ clients }: NotifyPorts, asker: Registration): Promise<Asker> {
  const { clientId } = asker;
  const isAsker = (client: Client | undefined) => client !== undefined && isSameRegistration(client, asker);
  const known = await clients.find(clientId);
  const isOutdated = known.isCopy && !isAsker(known.client);
  const client = isOutdated ? await clients.findAnew(clientId) : known.client;
  if (client && !isAsker(client)) return { clientId, because: 'client_replaced' };
  return client && isNotified(client) ? { clientId, client } : { clientId, because: 'client_not_notified' };
}

function isNotified(client: Client): client is Notified {
  return client.notificationEndpoint !== undefined;
}

/** Tokens that were made before the client changed its mode are still pushed. */
function isPushed(request: AuthenticationRequest, { deliveryMode }: Client): boolean {
  return deliveryMode === 'push' || isSealed(request);
}

function isSealed(request: AuthenticationRequest): boolean {
  return request.state === 'redeemed' && request.sealed !== undefined;
}

/**
 * Ends an announcement for which no client is notified. The token and the `auth_req_id` are kept only if another
 * announcement may follow.
 */
async function dropAnnouncement(
  ports: NotifyPorts,
  requestId: string,
  { because, clientId, isOver }: Omit<Extract<NotificationDecision, { outcome: 'drop' }>, 'outcome'>,
): Promise<NotifyOutcome> {
  if (isOver) await ports.notifications.forget(requestId);
  return done(because, { txn: txnOf(requestId), ...(clientId !== undefined && { client_id: clientId }) });
}

/** Records that the client answered. */
async function recordAnswer(
  ports: NotifyPorts,
  { requestId }: Announced,
  { holder, status, about }: { holder: string; status: number; about: Noted },
): Promise<NotifyOutcome> {
  await ports.notifications.recordNotified({ requestId, holder, now: ports.clock() });
  const detail = status >= 200 && status < 300 ? 'accepted' : 'refused';
  return done('notified', { ...about, detail, notification_status: status });
}

/**
 * Ends the lease, so that an endpoint that could not be reached is tried again after a pause. Gives the notification up
 * if nothing could be redeemed by then. A long pause is that of another message: a message that waits in a function's
 * hands counts as in flight, of which a queue may have 120,000, and is delivered a thousand times at most.
 */
async function retryLater(
  ports: NotifyPorts,
  announced: Announced,
  {
    holder,
    tries,
    until,
    about,
  }: { holder: string; tries: number; until: number; about: Noted & { client_id: string } },
): Promise<NotifyOutcome> {
  const { requestId } = announced;
  const pause = pauseBefore({ tries, now: ports.clock(), until });
  if (pause === undefined) {
    await ports.notifications.forget(requestId);
    return done('notification_given_up', about);
  }
  await ports.notifications.release({ requestId, holder });
  if (pause <= LONGEST_PAUSE_SECONDS) return again(pause, 'endpoint_unreachable', about);
  await ports.later.announceLater({ ...announced, clientId: about.client_id }, pause);
  return done('endpoint_unreachable', about);
}
