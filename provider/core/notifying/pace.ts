import { LONGEST_GRACE_SECONDS } from '../deciding/lifetime.ts';
import { DECISION_WINDOW_SECONDS, LONGEST_PAUSE_SECONDS, LOOK_AGAIN_SECONDS } from './client-notification.ts';

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
