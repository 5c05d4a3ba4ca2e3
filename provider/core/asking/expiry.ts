import { ok, type Result, refuse } from '../result.ts';

/** Shortest lifetime of a request in seconds. The conformance tests ask for 10 and expect to get it. */
const SHORTEST_EXPIRY_SECONDS = 10;

/**
 * The longest life of a request that a deployment can allow, in seconds: 72 hours, as at Auth0. Intervals, retries and
 * reminders are made for requests up to this life.
 */
export const LONGEST_EXPIRY_SECONDS = 259_200;

/**
 * Reads `requested_expiry`: a positive integer of seconds (CIBA §7.1). A value below 10 s is raised to 10 s, and a
 * value above the provider's limit is lowered to it. The client reads the result in `expires_in`.
 */
export function parseRequestedExpiry(
  value: string | undefined,
  limits: { default: number; limit: number },
): Result<number> {
  if (value === undefined) return ok(limits.default);
  if (!/^[1-9]\d{0,14}$/.test(value)) {
    return refuse({ reason: 'invalid_parameter', name: 'requested_expiry', expected: 'a positive integer of seconds' });
  }
  return ok(Math.min(Math.max(Number(value), SHORTEST_EXPIRY_SECONDS), limits.limit));
}
