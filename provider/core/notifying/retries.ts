import { LONGEST_GRACE_SECONDS } from '../deciding/redemption-grace.ts';

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

/**
 * Seconds until an endpoint that could not be reached is tried again: 1, 2, 4 … 30, less where the end is near.
 * Undefined when it is too near for another try.
 */
export function pauseBefore(next: { tries: number; now: number; until: number }): number | undefined {
  const left = next.until - LAST_TRY_SECONDS - next.now;
  return left < 1 ? undefined : Math.min(2 ** Math.min(next.tries - 1, 10), LONGEST_PAUSE_SECONDS, left);
}

/** Seconds for which an announced decision can be of use to its client, at most: until nothing can be redeemed. */
export function longestUseSeconds(expiryLimitSeconds: number): number {
  return expiryLimitSeconds + LONGEST_GRACE_SECONDS;
}

/**
 * How often one announcement is delivered at most while it is of use: once for each look at a decision that is not there
 * yet, once for each pause that grows, and once for each longest pause.
 */
export function mostDeliveries(useSeconds: number): number {
  const looks = DECISION_WINDOW_SECONDS / LOOK_AGAIN_SECONDS;
  const growingPauses = Math.ceil(Math.log2(LONGEST_PAUSE_SECONDS));
  return looks + growingPauses + Math.ceil(useSeconds / LONGEST_PAUSE_SECONDS);
}

/** The longest limit of expiry, in seconds, whose announcements need no more deliveries than these. */
export function longestExpiryLimitSeconds(deliveries: number): number {
  const longestPauses = deliveries - mostDeliveries(0);
  return longestPauses * LONGEST_PAUSE_SECONDS - LONGEST_GRACE_SECONDS;
}
