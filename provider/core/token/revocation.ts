import { CLOCK_LEEWAY_SECONDS } from '../clock-leeway.ts';
import { type IssuerNames, namesIssuer } from '../issuer.ts';
import type { TokenClaims } from './access-token.ts';

/** An access token that its client revoked, as far as others must know it: never the token itself. */
export type RevokedToken = {
  readonly jti: string;
  /** The client that the token was issued to, and that revoked it. */
  readonly clientId: string;
  readonly sub: string;
  /** The `exp` of the token, in epoch seconds. */
  readonly expiresAt: number;
};

/** Why a presented text cannot be revoked. It is for the log alone: the client gets the same answer (RFC 7009 §2.2). */
export type NotRevocable =
  | 'not_an_access_token'
  | 'access_token_foreign'
  | 'access_token_expired'
  | 'access_token_not_verified';

/** What a JWT says of itself: an access token that its client may revoke, or the reason why it is none. */
export type RevocationJudgement =
  | { readonly outcome: 'revocable'; readonly token: RevokedToken }
  | { readonly outcome: 'not_revocable'; readonly because: Exclude<NotRevocable, 'access_token_not_verified'> };

const notRevocable = (because: Exclude<NotRevocable, 'access_token_not_verified'>) =>
  ({ outcome: 'not_revocable', because }) as const;

/** Until when an API may accept a token, in epoch seconds: its clock may be a minute behind. */
export function acceptedUntil({ expiresAt }: Pick<RevokedToken, 'expiresAt'>): number {
  return expiresAt + CLOCK_LEEWAY_SECONDS;
}

/**
 * Judges whether a client may revoke a JWT: an access token of this provider (RFC 9068 §2), issued to this client (RFC
 * 7009 §2.1), that an API may still accept. The signature is not looked at. An ID token is no access token: it has
 * `at_hash`, and neither `jti` nor `client_id`.
 */
export function judgeRevocation(
  { header, claims }: { readonly header: TokenClaims; readonly claims: TokenClaims },
  { clientId, names }: { readonly clientId: string; readonly names: IssuerNames },
  now: number,
): RevocationJudgement {
  const { iss, jti, sub, exp, client_id: owner } = claims;
  const isTyped = header['typ'] === 'at+jwt' || (header['typ'] === 'JWT' && !Object.hasOwn(claims, 'at_hash'));
  if (!isTyped || typeof iss !== 'string' || !namesIssuer(iss, names)) return notRevocable('not_an_access_token');
  if (typeof jti !== 'string' || typeof sub !== 'string' || typeof exp !== 'number')
    return notRevocable('not_an_access_token');
  if (owner !== clientId) return notRevocable('access_token_foreign');
  const token = { jti, clientId, sub, expiresAt: exp };
  return now < acceptedUntil(token) ? { outcome: 'revocable', token } : notRevocable('access_token_expired');
}
