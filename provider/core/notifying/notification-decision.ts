import type { NotReminded } from '../asking/reminder.ts';
import type { Registration } from '../client/client.ts';
import {
  type AuthenticationRequest,
  hasWrongNumbers,
  isSilentlyDenied,
  isWithdrawn,
  type RequestFacts,
} from '../deciding/authentication-request.ts';
import { redemptionGrace } from '../deciding/redemption-grace.ts';
import { DECISION_WINDOW_SECONDS, LOOK_AGAIN_SECONDS } from './retries.ts';

/** The reasons why a client is not notified. */
export type NotNotified =
  | 'unknown_request'
  | 'never_decided'
  | 'redeemed_already'
  | 'request_over'
  | 'request_failed'
  | 'request_withdrawn';

/** The outcome of handling an announcement. Each log line has exactly one of them. */
export type NotificationReason =
  | NotNotified
  | 'notified'
  | 'not_decided_yet'
  | 'not_stored_yet'
  | 'client_not_notified'
  | 'client_replaced'
  | 'notified_already'
  | 'being_notified'
  | 'decided_already'
  | 'expiry_watched'
  | 'endpoint_unreachable'
  | 'notification_given_up'
  | NotReminded
  | 'reminded'
  | 'reminder_waits'
  | 'nobody_to_remind'
  | 'reminders_off';

/** What to do about an announced decision. */
export type NotificationDecision =
  | { readonly outcome: 'notify'; readonly client: Registration; readonly until: number }
  | { readonly outcome: 'wait'; readonly seconds: number }
  | {
      readonly outcome: 'drop';
      readonly because: NotNotified;
      readonly clientId?: string;
      /** No further announcement will come for this request. */
      readonly isOver: boolean;
    };

/**
 * Decides from the stored request whether its client is to be notified (CIBA §10.2): after an approval and after a
 * denial, also one that nobody made because the client was reported, and after the last wrong number. An announcement
 * states only an intent, because it is sent before the decision is committed. The decision may therefore follow a moment
 * later, or never, if the phone's call failed in between. A client that already has its tokens needs no notification, and
 * one that withdrew its request wants none.
 */
export function decideNotification(
  request: AuthenticationRequest | undefined,
  announced: { at: number; now: number },
): NotificationDecision {
  if (!request) return { outcome: 'drop', because: 'unknown_request', isOver: true };
  const { clientId, expiresAt } = request;
  const drop = (because: NotNotified, isOver = true) => ({ outcome: 'drop', because, clientId, isOver }) as const;
  switch (request.state) {
    case 'pending':
    case 'awaiting_number':
      // Nobody was asked, so nobody decides.
      if (request.isConcealed) return drop('never_decided', announced.now >= expiresAt);
      if (request.deniedFrom !== undefined)
        return isSilentlyDenied(request, announced.now)
          ? notify(request, announced.now)
          : { outcome: 'wait', seconds: request.deniedFrom - announced.now };
      // The request may already have expired, because the write may have been under way. Before the expiry the phone
      // may still answer again, and that answer is announced by itself. After the expiry none can follow.
      return announced.now < announced.at + DECISION_WINDOW_SECONDS
        ? { outcome: 'wait', seconds: LOOK_AGAIN_SECONDS }
        : drop('never_decided', announced.now >= expiresAt);
    case 'approved':
    case 'denied':
      return notify(request, announced.now);
    case 'redeemed':
      return drop('redeemed_already');
    case 'failed':
      if (hasWrongNumbers(request)) return notify(request, announced.now);
      return drop(isWithdrawn(request) ? 'request_withdrawn' : 'request_failed');
  }
}

function notify(
  { clientId, registrationId, expiresAt, intervalSeconds }: RequestFacts,
  now: number,
): NotificationDecision {
  const until = expiresAt + redemptionGrace(intervalSeconds);
  return now < until
    ? { outcome: 'notify', client: { clientId, registrationId }, until }
    : { outcome: 'drop', because: 'request_over', clientId, isOver: true };
}
