import { LONGEST_GRACE_SECONDS } from '../deciding/redemption-grace.ts';

/** The longest time for which SQS holds back a message, in seconds. */
export const LONGEST_DELAY_SECONDS = 900;

/**
 * How long after its announcement a decision can still appear, in seconds: the time that the device function has to
 * commit it, plus half a minute.
 */
export const DECISION_WINDOW_SECONDS = 40;

/**
 * Seconds until an announced decision is looked up again. It is normally committed within milliseconds of its
 * announcement.
 */
export const LOOK_AGAIN_SECONDS = 1;

/**
 * Returns whether the notification of a request may still be on its way to the table. It is stored at the same time as
 * the request, so a phone that is quick can answer before it is there.
 */
export function mayBeStoredYet({ issuedAt }: { readonly issuedAt: number }, now: number): boolean {
  return now < issuedAt + DECISION_WINDOW_SECONDS;
}

/**
 * How long a lease of a notification holds, in seconds. It is longer than the function may run, so that a lease never
 * ends before its holder does.
 */
export const LEASE_SECONDS = 20;

/**
 * Longest pause in seconds between two tries at an endpoint that cannot be reached, for the first quarter of an hour.
 * The pauses start at 1 second and double.
 */
export const LONGEST_PAUSE_SECONDS = 30;

/** After so many tries, which are a quarter of an hour, the pauses double again. */
const TRIES_WITH_SHORT_PAUSES = 35;

/**
 * The client needs this many seconds to redeem, so no try is made later than that.
 */
const LAST_TRY_SECONDS = 6;

/**
 * Returns the seconds until an endpoint that could not be reached is tried again: 1, 2, 4 … 30 for a quarter of an hour,
 * then 60, 120 … 900, or less if the end is near. Undefined if the end is too near for another try.
 * `flows/notifying/notify-client.ts` decides what is tried again.
 */
export function pauseBefore(next: { tries: number; now: number; until: number }): number | undefined {
  const left = next.until - LAST_TRY_SECONDS - next.now;
  return left < 1 ? undefined : Math.min(grownPause(next.tries), left);
}

function grownPause(tries: number): number {
  const further = tries - TRIES_WITH_SHORT_PAUSES;
  return further > 0
    ? Math.min(LONGEST_PAUSE_SECONDS * 2 ** Math.min(further, 10), LONGEST_DELAY_SECONDS)
    : Math.min(2 ** Math.min(tries - 1, 10), LONGEST_PAUSE_SECONDS);
}

/**
 * Returns the longest time in seconds for which an announced decision is useful: until nothing can be redeemed any
 * more.
 */
export function longestUseSeconds(expiryLimitSeconds: number): number {
  return expiryLimitSeconds + LONGEST_GRACE_SECONDS;
}

/**
 * Returns how often one announcement is delivered at most while it is of use: once for each lookup of a decision that
 * is not there yet, once for each growing pause, and once for each longest pause. After a quarter of an hour of tries
 * another message takes its place, so a longer life needs no more deliveries.
 */
export function mostDeliveries(useSeconds: number): number {
  const looks = DECISION_WINDOW_SECONDS / LOOK_AGAIN_SECONDS;
  const growingPauses = Math.ceil(Math.log2(LONGEST_PAUSE_SECONDS));
  const tries = growingPauses + Math.ceil(useSeconds / LONGEST_PAUSE_SECONDS);
  return looks + Math.min(tries, TRIES_WITH_SHORT_PAUSES);
}
