import type { AuthenticationRequest } from '../deciding/authentication-request.ts';
import { redemptionGrace } from '../deciding/lifetime.ts';

const ENDPOINT_LIMIT = 1024;
/** The syntax of bearer tokens (RFC 6750 §2.1). */
const BEARER_TOKEN = /^[A-Za-z0-9._~+/-]+=*$/;
const TOKEN_LIMIT = 1024;

/**
 * Seconds after which an announced decision that is still not there never comes: the time that the device function has
 * to commit it, and half a minute more.
 */
export const DECISION_WINDOW_SECONDS = 40;
/** Seconds until an announced decision is looked for again. It is committed within milliseconds of its announcement. */
export const LOOK_AGAIN_SECONDS = 1;
/** Seconds between tries at an endpoint that can't be reached: doubled from 1, at most this. */
export const LONGEST_PAUSE_SECONDS = 30;
/** Seconds before the end at which a last try still makes sense: the client has to redeem as well. */
const LAST_TRY_SECONDS = 6;
/** A URL up to the end of its host, in the one spelling that shows who is called: no user, no backslash. */
const HTTPS_HOST = /^https:\/\/[^/?#@\\]+(?:[/?]|$)/;

/** Whether a URL can be a client's notification endpoint (CIBA §4): https, nothing that would travel beside the path. */
export function isNotificationEndpoint(value: string | undefined): value is string {
  if (value === undefined || value.length > ENDPOINT_LIMIT || !/^[\x21-\x7E]+$/.test(value)) return false;
  return HTTPS_HOST.test(value) && !value.includes('#') && URL.canParse(value);
}

/** Whether a value can be a `client_notification_token` (CIBA §7.1): bearer token syntax, at most 1024 characters. */
export function isNotificationToken(value: string): boolean {
  return value.length <= TOKEN_LIMIT && BEARER_TOKEN.test(value);
}

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

/**
 * Seconds until an endpoint that could not be reached is tried again: 1, 2, 4 … 30, less where the end is near.
 * Undefined when it is too near for another try.
 */
export function pauseBefore(next: { tries: number; now: number; until: number }): number | undefined {
  const left = next.until - LAST_TRY_SECONDS - next.now;
  return left < 1 ? undefined : Math.min(2 ** Math.min(next.tries - 1, 10), LONGEST_PAUSE_SECONDS, left);
}
