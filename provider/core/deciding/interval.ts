import type { RequestFacts } from './authentication-request.ts';

/** Seconds that are added to the polling interval of a client that polls too fast (CIBA §11). */
export const SLOW_DOWN_SECONDS = 5;

/** After so many `slow_down` of one request, a further poll that is too fast is an error (CIBA §11). */
const MOST_SLOW_DOWNS = 100;

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/**
 * The least interval of a request that lives longer than so many seconds, the longest life first. A client that keeps to
 * it polls a request of 72 hours 2,160 times. Every 5 seconds it would be 51,840 times.
 */
const LEAST_INTERVALS = [
  { livesLongerThan: 24 * HOUR_SECONDS, seconds: 120 },
  { livesLongerThan: 6 * HOUR_SECONDS, seconds: 60 },
  { livesLongerThan: HOUR_SECONDS, seconds: 30 },
  { livesLongerThan: 10 * MINUTE_SECONDS, seconds: 10 },
] as const;

/** The interval of the settings, for requests that live ten minutes or less. */
type Shortest = { readonly intervalSeconds: number };

/**
 * Returns the interval at which the client of a new request may poll (CIBA §7.3), in seconds: that of the settings, or a
 * longer one if the request lives longer than ten minutes. So the number of polls does not grow with the life.
 */
export function firstInterval(lifeSeconds: number, { intervalSeconds }: Shortest): number {
  const least = LEAST_INTERVALS.find(({ livesLongerThan }) => lifeSeconds > livesLongerThan);
  return Math.max(intervalSeconds, least?.seconds ?? 0);
}

/**
 * Returns whether a client was slowed down so often that it does not obey. Each `slow_down` made the interval of its
 * request longer, so the interval shows how many there were.
 */
export function ignoresSlowDown(
  { intervalSeconds, issuedAt, expiresAt }: Pick<RequestFacts, 'intervalSeconds' | 'issuedAt' | 'expiresAt'>,
  shortest: Shortest,
): boolean {
  const started = firstInterval(expiresAt - issuedAt, shortest);
  return intervalSeconds >= started + MOST_SLOW_DOWNS * SLOW_DOWN_SECONDS;
}
