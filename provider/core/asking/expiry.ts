import { ok, type Result, refuse } from '../result.ts';

/** Shortest life of a request in seconds. The conformance tests ask for 10 and expect it to be honoured. */
export const SHORTEST_EXPIRY_SECONDS = 10;

/**
 * Reads `requested_expiry`: a positive integer of seconds (CIBA §7.1). Honoured from 10 s up to the provider's limit,
 * beyond which it is clamped; `expires_in` tells the client what it got.
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
