/** An approval can be redeemed at least this long after the request expired, so that a late Yes is not lost. */
export const REDEMPTION_GRACE_SECONDS = 60;

/** The grace at most, however often a client was slowed down. */
export const LONGEST_GRACE_SECONDS = 300;

/** For how long after its expiry an approved request can be redeemed: a minute, or one interval where that is longer, but never over five minutes. */
export function redemptionGrace(intervalSeconds: number): number {
  return Math.min(Math.max(REDEMPTION_GRACE_SECONDS, intervalSeconds), LONGEST_GRACE_SECONDS);
}
