import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { type IssuerNames, namesIssuer } from '../issuer.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { TokenClaims } from '../token/access-token.ts';
import type { LoginHint } from './hint.ts';
import type { HintIssuer } from './hint-issuer.ts';
import type { WrongHintToken } from './refusals.ts';
import { readSubjectIdentifier } from './subject-identifier.ts';

/** Longest accepted `jti` in characters, because each is remembered. */
const JTI_LIMIT = 256;
/** The longest time in seconds that a token may still live. A `jti` is remembered for so long. */
const LONGEST_SECONDS = 86_400;
/** The type of a token that has no type of its own, without `application/` and in lower case. */
const TYPES = [undefined, 'jwt'];

/** What a `login_hint_token` says: whom it means, and what is remembered if it works only once. */
export type HintTokenClaims = {
  readonly hint: LoginHint;
  /** Undefined if the token has no `jti`: it then works until it expires. */
  readonly jti: { readonly id: string; readonly expiresAt: number } | undefined;
};

const wrong = (because: WrongHintToken) => refuse({ reason: 'login_hint_token_invalid', because });

/**
 * Checks the claims of a `login_hint_token` whose signature was verified (CIBA §7.1). `sub_id` says whom it means (RFC
 * 9493 §4.1). `sub` is not read: in a JWT of another issuer it is a subject of that issuer, which finds no user here,
 * and an ID token or a client assertion of that issuer has one too.
 */
export function checkHintToken(
  { header, claims }: { readonly header: TokenClaims; readonly claims: TokenClaims },
  { trusted, names }: { readonly trusted: HintIssuer; readonly names: IssuerNames },
  now: number,
): Result<HintTokenClaims> {
  const { exp, jti } = claims;
  if (!isUntyped(header)) return wrong('type');
  if (!isFor(claims['aud'], trusted.audience, names)) return wrong('audience');
  if (typeof exp !== 'number') return wrong('times');
  if (exp <= now - CLOCK_LEEWAY_SECONDS) return refuse({ reason: 'login_hint_token_expired' });
  if (exp > now + LONGEST_SECONDS + CLOCK_LEEWAY_SECONDS || !isPast(claims['iat'], now) || !isPast(claims['nbf'], now))
    return wrong('times');
  if (!isJti(jti)) return wrong('jti');
  if (claims['sub_id'] === undefined) return wrong('subject');
  const hint = readSubjectIdentifier(claims['sub_id'], names);
  if (!hint.ok) return hint.refusal.reason === 'login_hint_malformed' ? wrong('subject') : hint;
  const expiresAt = Math.ceil(exp) + CLOCK_LEEWAY_SECONDS;
  return ok({ hint: hint.value, jti: jti === undefined ? undefined : { id: jti, expiresAt } });
}

/**
 * A JWT with a type of its own is made for something else, such as a security event or an access token (RFC 8725
 * §3.11).
 */
function isUntyped({ typ }: TokenClaims): boolean {
  const name = typeof typ === 'string' ? typ.toLowerCase().replace(/^application\//, '') : typ;
  return TYPES.some((type) => type === name);
}

/** Returns whether the token is for the audience that was registered, or else for this provider. */
function isFor(aud: unknown, audience: string | undefined, names: IssuerNames): boolean {
  const all: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  return all.some((one) => typeof one === 'string' && (audience ? one === audience : namesIssuer(one, names)));
}

function isPast(instant: unknown, now: number): boolean {
  return instant === undefined || (typeof instant === 'number' && instant <= now + CLOCK_LEEWAY_SECONDS);
}

function isJti(jti: unknown): jti is string | undefined {
  return jti === undefined || (typeof jti === 'string' && jti.length > 0 && jti.length <= JTI_LIMIT);
}
