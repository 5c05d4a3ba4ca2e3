import { decideNotification, type NotificationReason, pauseBefore } from '../core/client-notification.ts';
import { txnOf } from '../core/digest.ts';
import type { Clients, Clock, Entropy, Noted, NotificationSender, Notifications } from './ports.ts';

/** What this flow needs. */
export type NotifyPorts = {
  readonly notifications: Notifications;
  readonly clients: Clients;
  readonly sender: NotificationSender;
  readonly entropy: Entropy;
  readonly clock: Clock;
};

/** A decision that was announced; `tries` counts this one. */
export type AnnouncedDecision = {
  readonly requestId: string;
  readonly announcedAt: number;
  readonly tries: number;
  readonly correlationId: string;
};

/** What came of an announcement: it is done with, or comes back in some seconds. `noted` says why, for the log. */
export type NotifyOutcome = { readonly againInSeconds?: number; readonly noted: Noted };

/** Longer than the function may run, so that a lease ends only when its holder has. */
const LEASE_SECONDS = 20;

const done = (reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({ noted: { reason, ...noted } });
const again = (seconds: number, reason: NotificationReason, noted: Noted = {}): NotifyOutcome => ({
  againInSeconds: seconds,
  noted: { reason, ...noted },
});

/**
 * Notifies the client of a decision (CIBA §10.2). The announcement is only an intent: the request itself says whether
 * there is a decision. Any HTTP answer ends the matter, even a refusal; only an endpoint that can't be reached is tried
 * again, until nothing can be redeemed any more. Announcements may come twice; a lease keeps the client from hearing twice.
 */
export async function notifyClient(ports: NotifyPorts, announced: AnnouncedDecision): Promise<NotifyOutcome> {
  const { requestId } = announced;
  const txn = txnOf(requestId);
  const request = await ports.notifications.findRequest(requestId);
  const decision = decideNotification(request, { at: announced.announcedAt, now: ports.clock() });
  if (decision.outcome === 'wait') return again(decision.seconds, 'not_decided_yet', { txn });
  if (decision.outcome === 'drop') return done(decision.because, { txn });
  const { clientId, until } = decision;
  const about = { txn, client_id: clientId };
  const endpoint = (await ports.clients.find(clientId))?.notificationEndpoint;
  if (endpoint === undefined) return done('client_not_notified', about);
  const now = ports.clock();
  const holder = ports.entropy.id();
  const claim = await ports.notifications.claim({ requestId, now, until: now + LEASE_SECONDS, holder });
  if (claim.outcome === 'over') return done('notified_already', about);
  if (claim.outcome === 'claimed_by_another') return again(claim.until - now, 'being_notified', about);
  const { correlationId } = announced;
  const sent = await ports.sender.send({ ...claim.address, endpoint, correlationId });
  return 'status' in sent
    ? settle(ports, announced, { holder, status: sent.status, about })
    : giveBack(ports, announced, { holder, until, about: { ...about, detail: sent.unreachable } });
}

/** The client answered. */
async function settle(
  ports: NotifyPorts,
  { requestId, announcedAt }: AnnouncedDecision,
  { holder, status, about }: { holder: string; status: number; about: Noted },
): Promise<NotifyOutcome> {
  const now = ports.clock();
  await ports.notifications.recordNotified({ requestId, holder, now });
  const detail = status >= 200 && status < 300 ? 'accepted' : 'refused';
  const measured = { notification_status: status, notification_seconds: now - announcedAt };
  return done('notified', { ...about, detail, ...measured });
}

/** Nobody answered: another try after a pause, unless nothing could be redeemed by then. */
async function giveBack(
  ports: NotifyPorts,
  { requestId, tries }: AnnouncedDecision,
  { holder, until, about }: { holder: string; until: number; about: Noted },
): Promise<NotifyOutcome> {
  await ports.notifications.release({ requestId, holder });
  const pause = pauseBefore(tries);
  return ports.clock() + pause < until
    ? again(pause, 'endpoint_unreachable', about)
    : done('notification_given_up', about);
}
