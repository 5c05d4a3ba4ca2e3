import { type Client, isSameRegistration, type Registration } from '../../core/client/client.ts';
import { txnOf } from '../../core/digest.ts';
import {
  decideNotification,
  type NotificationDecision,
  type NotificationReason,
} from '../../core/notifying/notification-decision.ts';
import { pauseBefore } from '../../core/notifying/retries.ts';
import type { Noted } from '../../core/operating/log-line.ts';
import type { Clients } from '../client/ports.ts';
import type { Clock, Entropy } from '../ports.ts';
import type { NotificationSender, Notifications } from './ports.ts';

/** What this flow needs. */
export type NotifyPorts = {
  readonly notifications: Notifications;
  readonly clients: Clients;
  readonly sender: NotificationSender;
  readonly entropy: Entropy;
  readonly clock: Clock;
};

/** A decision that was announced. `announcedAt` is in epoch seconds. */
export type AnnouncedDecision = {
  readonly requestId: string;
  readonly announcedAt: number;
  readonly correlationId: string;
};

/**
 * The outcome of an announcement: it is finished, or it comes back after some seconds. `noted` gives the reason for the
 * log.
 */
export type NotifyOutcome = { readonly againInSeconds?: number; readonly noted: Noted };

/**
 * How long a lease holds, in seconds. It is longer than the function may run, so that a lease never ends before its
 * holder does.
 */
const LEASE_SECONDS = 20;

const done = (reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({ noted: { reason, ...noted } });
const again = (seconds: number, reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({
  againInSeconds: seconds,
  noted: { reason, ...noted },
});

/**
 * Notifies the client of a decision (CIBA §10.2). The announcement states only an intent: the request itself shows
 * whether there is a decision. Any HTTP answer ends the matter, even a refusal. Only an endpoint that cannot be reached
 * is tried again, until nothing can be redeemed any more. Another client that has the id now is not notified: it would
 * receive the bearer token and the `auth_req_id` of the client that asked. Announcements may be delivered twice; a lease
 * prevents two notifications.
 */
export async function notifyClient(ports: NotifyPorts, announced: AnnouncedDecision): Promise<NotifyOutcome> {
  const { requestId } = announced;
  const txn = txnOf(requestId);
  const request = await ports.notifications.findRequest(requestId);
  const decision = decideNotification(request, { at: announced.announcedAt, now: ports.clock() });
  if (decision.outcome === 'wait') return again(decision.seconds, 'not_decided_yet', { txn });
  if (decision.outcome === 'drop') return dropAnnouncement(ports, requestId, decision);
  const { client: asker, until } = decision;
  const about = { txn, client_id: asker.clientId };
  const found = await findEndpoint(ports, asker);
  if (found.endpoint === undefined) {
    await ports.notifications.forget(requestId);
    return done(found.because, about);
  }
  const now = ports.clock();
  const holder = ports.entropy.id();
  const claim = await ports.notifications.claim({ requestId, now, until: now + LEASE_SECONDS, holder });
  if (claim.outcome === 'over') return done('notified_already', about);
  if (claim.outcome === 'claimed_by_another') return again(claim.until - now, 'being_notified', about);
  const { correlationId } = announced;
  const sent = await ports.sender.send({ ...claim.address, endpoint: found.endpoint, correlationId });
  return 'status' in sent
    ? recordAnswer(ports, announced, { holder, status: sent.status, about })
    : retryLater(ports, announced, {
        holder,
        tries: claim.tries,
        until,
        about: { ...about, detail: sent.unreachable },
      });
}

/**
 * Finds the endpoint of the client that asked, or why there is none. A copy that is not of this client is read anew,
 * because it may be older than the client.
 */
async function findEndpoint(
  { clients }: NotifyPorts,
  asker: Registration,
): Promise<{ endpoint: string } | { endpoint: undefined; because: 'client_not_notified' | 'client_replaced' }> {
  const isAsker = (client: Client | undefined) => client !== undefined && isSameRegistration(client, asker);
  const known = await clients.find(asker.clientId);
  const isOutdated = known.isCopy && !isAsker(known.client);
  const client = isOutdated ? await clients.findAnew(asker.clientId) : known.client;
  if (client && !isAsker(client)) return { endpoint: undefined, because: 'client_replaced' };
  const endpoint = client?.notificationEndpoint;
  return endpoint === undefined ? { endpoint, because: 'client_not_notified' } : { endpoint };
}

/**
 * Ends an announcement for which no client is notified. The token and the `auth_req_id` are kept only if another
 * announcement may follow.
 */
async function dropAnnouncement(
  ports: NotifyPorts,
  requestId: string,
  { because, clientId, isOver }: Extract<NotificationDecision, { outcome: 'drop' }>,
): Promise<NotifyOutcome> {
  if (isOver) await ports.notifications.forget(requestId);
  return done(because, { txn: txnOf(requestId), ...(clientId !== undefined && { client_id: clientId }) });
}

/** Records that the client answered. */
async function recordAnswer(
  ports: NotifyPorts,
  { requestId }: AnnouncedDecision,
  { holder, status, about }: { holder: string; status: number; about: Noted },
): Promise<NotifyOutcome> {
  await ports.notifications.recordNotified({ requestId, holder, now: ports.clock() });
  const detail = status >= 200 && status < 300 ? 'accepted' : 'refused';
  return done('notified', { ...about, detail, notification_status: status });
}

/**
 * Ends the lease, so that an endpoint that could not be reached is tried again after a pause. Gives the notification up
 * if nothing could be redeemed by then.
 */
async function retryLater(
  ports: NotifyPorts,
  { requestId }: AnnouncedDecision,
  { holder, tries, until, about }: { holder: string; tries: number; until: number; about: Noted },
): Promise<NotifyOutcome> {
  const pause = pauseBefore({ tries, now: ports.clock(), until });
  if (pause === undefined) {
    await ports.notifications.forget(requestId);
    return done('notification_given_up', about);
  }
  await ports.notifications.release({ requestId, holder });
  return again(pause, 'endpoint_unreachable', about);
}
