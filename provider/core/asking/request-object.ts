import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { namesIssuer } from '../issuer.ts';
import { isTypeAmong } from '../keys/jws-type.ts';
import { ok, type Result, refuse } from '../result.ts';

type Claims = Readonly<Record<string, unknown>>;

/** The longest life of a signed request, and its greatest age, in seconds: FAPI-CIBA allows 60 minutes. */
const LONGEST_SECONDS = 3600;
/** Longest accepted `jti` in characters, because each is remembered. */
const JTI_LIMIT = 256;
/** The types that a signed request may name in its header. It may also name none (RFC 9101 §10.8). */
const TYPES = ['jwt', 'oauth-authz-req+jwt'];

/** What is remembered of a signed request, so that it works only once. `expiresAt` is in epoch seconds. */
export type AcceptedRequestObject = { readonly jti: string; readonly expiresAt: number };

/**
 * Checks the claims of a request whose signature was verified (CIBA §7.1.1): `aud` contains the issuer, `iss` is the
 * client, it lives at most 60 minutes, and there is a `jti`. A client assertion has the client as `sub`, so none passes
 * for a request, and no request for an assertion (RFC 9101 §10.8).
 */
export function checkRequestObject(
  { header, claims }: { readonly header: Claims; readonly claims: Claims },
  { clientId, issuer }: { readonly clientId: string; readonly issuer: string },
  now: number,
): Result<AcceptedRequestObject> {
  if (!isTypeAmong(header, TYPES)) return wrong('typ', 'absent, JWT or oauth-authz-req+jwt');
  const { iss, aud, sub, client_id, jti } = claims;
  if (iss !== clientId) return wrong('iss', 'the client id');
  if (client_id !== undefined && client_id !== clientId) return wrong('client_id', 'absent or the client id');
  if (sub === clientId) return wrong('sub', 'another than the client id, which is for client assertions');
  if (!containsIssuer(aud, issuer)) return wrong('aud', 'the issuer, or a list of strings that contains it');
  const nested = ['request', 'request_uri'].find((name) => Object.hasOwn(claims, name));
  if (nested !== undefined) return wrong(nested, 'absent');
  const life = checkLife(claims, now);
  if (!life.ok) return life;
  if (typeof jti !== 'string' || jti.length === 0 || jti.length > JTI_LIMIT) return wrong('jti', '1 to 256 characters');
  return ok({ jti, expiresAt: Math.ceil(life.value) });
}

/** Checks the instants of a signed request (FAPI-CIBA §5.2.2), and returns its end. */
function checkLife({ exp, nbf, iat }: Claims, now: number): Result<number> {
  const soon = now + CLOCK_LEEWAY_SECONDS;
  if (typeof exp !== 'number' || exp <= now) return wrong('exp', 'an instant that has not passed');
  if (typeof nbf !== 'number' || nbf > soon) return wrong('nbf', 'an instant that is not in the future');
  if (nbf < now - LONGEST_SECONDS) return wrong('nbf', 'at most 60 minutes ago');
  if (exp - nbf > LONGEST_SECONDS) return wrong('exp', 'at most 60 minutes after nbf');
  if (typeof iat !== 'number' || iat > soon) return wrong('iat', 'an instant that is not in the future');
  return ok(exp);
}

function containsIssuer(aud: unknown, issuer: string): boolean {
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const names = { issuer, previousIssuers: [] };
  return audiences.every((one) => typeof one === 'string') && audiences.some((one) => namesIssuer(one, names));
}

function wrong(claim: string, expected: string): Result<never> {
  return refuse({ reason: 'request_object_claim', claim, expected });
}
