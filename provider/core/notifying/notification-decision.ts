import type { AuthenticationRequest } from '../deciding/authentication-request.ts';
import { redemptionGrace } from '../deciding/redemption-grace.ts';
import { DECISION_WINDOW_SECONDS, LOOK_AGAIN_SECONDS } from './retries.ts';

/** Why nobody is notified. */
export type NotNotified = 'unknown_request' | 'never_decided' | 'redeemed_already' | 'request_over' | 'request_failed';

/** What came of an announcement: one reason in each line of the log. */
export type NotificationReason =
  | NotNotified
  | 'notified'
  | 'not_decided_yet'
  | 'client_not_notified'
  | 'notified_already'
  | 'being_notified'
  | 'endpoint_unreachable'
  | 'notification_given_up';

/** What an announced decision comes to. */
export type NotificationDecision =
  | { readonly outcome: 'notify'; readonly clientId: string; readonly until: number }
  | { readonly outcome: 'wait'; readonly seconds: number }
  | {
      readonly outcome: 'drop';
      readonly because: NotNotified;
      readonly clientId?: string;
      /** Nothing of this request will ever be announced again. */
      readonly isOver: boolean;
    };

/**
 * Reads off the request itself whether its client is to be notified (CIBA §10.2): after success and after denial. What
 * was announced is only an intent, sent before the decision was committed, so the decision may be a moment away, or,
 * when the phone's call failed in between, never come. A client that has its tokens already needs no notification.
 */
export function decideNotification(
  request: AuthenticationRequest | undefined,
  announced: { at: number; now: number },
): NotificationDecision {
  if (!request) return { outcome: 'drop', because: 'unknown_request', isOver: true };
  const { clientId, expiresAt } = request;
  const until = expiresAt + redemptionGrace(request.intervalSeconds);
  const drop = (because: NotNotified, isOver = true) => ({ outcome: 'drop', because, clientId, isOver }) as const;
  switch (request.state) {
    case 'pending':
      // Even past its expiry: the write may have been under way. Before, the phone may answer again, announced anew.
      return announced.now < announced.at + DECISION_WINDOW_SECONDS
        ? { outcome: 'wait', seconds: LOOK_AGAIN_SECONDS }
        : drop('never_decided', announced.now >= expiresAt);
    case 'approved':
    case 'denied':
      return announced.now < until ? { outcome: 'notify', clientId, until } : drop('request_over');
    case 'redeemed':
      return drop('redeemed_already');
    case 'failed':
      return drop('request_failed');
  }
}
