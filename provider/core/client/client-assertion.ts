import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { namesIssuer } from '../issuer.ts';
import { isTypeAmong } from '../keys/jws-type.ts';
import { ok, type Result, refuse } from '../result.ts';

/** Longest accepted `jti` in characters, because each is remembered. */
const JTI_LIMIT = 256;

/**
 * The audiences that an assertion may name: the issuer, under its present or a previous name, or one of these URLs
 * (CIBA §7.1).
 */
export type AssertionAudience = {
  readonly issuer: string;
  readonly previousIssuers: readonly string[];
  readonly endpoints: readonly string[];
};

/**
 * The types that a client assertion may name in its header, without `application/`. It may also name none. Any other
 * JWT that the client signs with the same key, such as a request object, is no client assertion (RFC 8725 §3.11).
 */
const TYPES = ['jwt', 'client-authentication+jwt'];

/** What is remembered of an accepted assertion, so that it works only once. */
export type AcceptedAssertion = { readonly jti: string; readonly expiresAt: number };

/**
 * Checks the claims of a client assertion whose signature was verified (RFC 7523 §3): `iss` and `sub` are the client
 * id, `aud` is a single string that names this provider, the lifetime is at most `lifetimeSeconds`, and there is a
 * `jti`.
 */
export function checkClientAssertion(
  claims: Readonly<Record<string, unknown>>,
  expected: { clientId: string; audience: AssertionAudience; lifetimeSeconds: number },
  now: number,
): Result<AcceptedAssertion> {
  const { iss, sub, aud, exp, iat, nbf, jti } = claims;
  const longest = `at most ${expected.lifetimeSeconds / 60} minutes`;
  const wrong = (claim: string, expectation: string) =>
    refuse({ reason: 'client_assertion_claim', claim, expected: expectation });
  if (iss !== expected.clientId) return wrong('iss', 'the client id');
  if (sub !== expected.clientId) return wrong('sub', 'the client id');
  if (typeof aud !== 'string' || !isAudience(aud, expected.audience)) {
    return wrong('aud', 'a single string: the issuer, the token endpoint or the backchannel authentication endpoint');
  }
  if (typeof exp !== 'number' || exp <= now - CLOCK_LEEWAY_SECONDS)
    return wrong('exp', 'an instant that has not passed');
  if (exp > now + expected.lifetimeSeconds + CLOCK_LEEWAY_SECONDS) return wrong('exp', `${longest} ahead`);
  if (iat !== undefined && (typeof iat !== 'number' || iat > now + CLOCK_LEEWAY_SECONDS)) {
    return wrong('iat', 'an instant that is not in the future');
  }
  if (typeof iat === 'number' && exp - iat > expected.lifetimeSeconds) return wrong('exp', `${longest} after iat`);
  if (nbf !== undefined && (typeof nbf !== 'number' || nbf > now + CLOCK_LEEWAY_SECONDS)) {
    return wrong('nbf', 'an instant that is not in the future');
  }
  if (typeof jti !== 'string' || jti.length === 0 || jti.length > JTI_LIMIT) return wrong('jti', '1 to 256 characters');
  return ok({ jti, expiresAt: Math.ceil(exp) + CLOCK_LEEWAY_SECONDS });
}

/** Checks the `typ` of a client assertion. */
export function checkClientAssertionType(header: Readonly<Record<string, unknown>>): Result<true> {
  if (isTypeAmong(header, TYPES)) return ok(true);
  return refuse({
    reason: 'client_assertion_claim',
    claim: 'typ',
    expected: 'absent, JWT or client-authentication+jwt',
  });
}

function isAudience(aud: string, audience: AssertionAudience): boolean {
  return namesIssuer(aud, audience) || audience.endpoints.includes(aud);
}
