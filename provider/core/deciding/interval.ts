/** Seconds that are added to the polling interval of a client that polls too fast (CIBA §11). */
export const SLOW_DOWN_SECONDS = 5;

/** After so many `slow_down` of one request, a further poll that is too fast is an error (CIBA §11). */
const MOST_SLOW_DOWNS = 100;

/**
 * Returns whether a client was slowed down so often that it does not obey. Each `slow_down` made the interval of its
 * request longer, so the interval shows how many there were. `startSeconds` is the interval of a new request.
 */
export function ignoresSlowDown(intervalSeconds: number, startSeconds: number): boolean {
  return intervalSeconds >= startSeconds + MOST_SLOW_DOWNS * SLOW_DOWN_SECONDS;
}
