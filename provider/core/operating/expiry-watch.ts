import type { AuthenticationRequest, RequestFacts } from '../deciding/authentication-request.ts';
import { DECISION_WINDOW_SECONDS, LONGEST_DELAY_SECONDS } from '../notifying/retries.ts';

/**
 * How long the queue hides a reminder that was received: six times what a run of the function may take, as AWS advises.
 */
export const EXPIRY_VISIBILITY_SECONDS = 360;
/** How often the queue delivers a reminder: with the time above it is six hours until it is a dead letter. */
export const EXPIRY_RECEIVES = 60;

/** What to do about a request whose expiry is watched. */
export type ExpiryDecision =
  | { readonly outcome: 'expired'; readonly request: RequestFacts }
  /** It is still too early. */
  | { readonly outcome: 'wait'; readonly seconds: number }
  /** It was decided, or nothing is known of it: it will not expire. */
  | { readonly outcome: 'drop' };

/**
 * Returns the seconds until a request is looked at again: until nobody can decide it any more, or less if a message
 * cannot wait for so long.
 */
export function secondsUntilExpiry(expiresAt: number, now: number): number {
  return Math.min(Math.max(expiresAt + DECISION_WINDOW_SECONDS - now, 0), LONGEST_DELAY_SECONDS);
}

/**
 * Decides whether a request expired without an answer. A decision compares the expiry with the clock of its own call, and
 * may be committed a while later. So a request counts as expired only after the time that a decision may take. From then
 * on no decision follows.
 */
export function decideExpiry(request: AuthenticationRequest | undefined, now: number): ExpiryDecision {
  if (request?.state !== 'pending' && request?.state !== 'awaiting_number') return { outcome: 'drop' };
  const seconds = secondsUntilExpiry(request.expiresAt, now);
  return seconds > 0 ? { outcome: 'wait', seconds } : { outcome: 'expired', request };
}
