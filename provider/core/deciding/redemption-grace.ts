/**
 * An approval can be redeemed for at least this long after the request expired, so that a late approval is not lost.
 */
const REDEMPTION_GRACE_SECONDS = 60;

/** The longest grace, however often a client was slowed down. */
export const LONGEST_GRACE_SECONDS = 300;

/**
 * Returns for how many seconds after its expiry an approved request can be redeemed: one minute, or one interval if
 * that is longer, but at most five minutes.
 */
export function redemptionGrace(intervalSeconds: number): number {
  return Math.min(Math.max(REDEMPTION_GRACE_SECONDS, intervalSeconds), LONGEST_GRACE_SECONDS);
}
