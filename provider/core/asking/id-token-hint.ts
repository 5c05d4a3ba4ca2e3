import { type IssuerNames, namesIssuer } from '../issuer.ts';
import { isSubject } from '../person/login-identifier.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { TokenClaims } from '../token/access-token.ts';
import type { UserName } from './hint.ts';
import type { WrongIdToken } from './refusals.ts';

/** Claims of this provider's access tokens that its ID tokens never have. */
const CLAIMS_OF_ACCESS_TOKENS = ['client_id', 'scope', 'jti'];

/**
 * Judges what an `id_token_hint` says (CIBA §7.1, §14): it is an ID token of this provider, under its present or a
 * previous issuer, for this client. It may have expired, as long ago as a gone key is kept. The signature is verified
 * afterwards, so that a text that cannot be a hint costs no read of keys.
 */
export function judgeIdTokenHint(
  jws: { readonly header: TokenClaims; readonly claims: TokenClaims },
  expected: { readonly clientId: string; readonly names: IssuerNames; readonly acceptedForSeconds: number },
  now: number,
): Result<UserName> {
  const { iss, sub, aud, exp, iat } = jws.claims;
  const wrong = (because: WrongIdToken) => refuse({ reason: 'id_token_hint_invalid', because });
  if (!isIdToken(jws)) return wrong('not_an_id_token');
  if (typeof iss !== 'string' || !namesIssuer(iss, expected.names)) return wrong('issuer');
  if (!(Array.isArray(aud) ? aud : [aud]).includes(expected.clientId)) return wrong('audience');
  if (!isSubject(sub) || typeof exp !== 'number' || typeof iat !== 'number') return wrong('not_an_id_token');
  return now < exp + expected.acceptedForSeconds ? ok({ kind: 'sub', sub, namedAt: iat }) : wrong('expired');
}

/**
 * Returns whether a JWT that this provider signed is an ID token. The keys that sign ID tokens sign access tokens too,
 * and an access token may have any audience. So three things must hold, all of which held for every token since the
 * first version: the type is that of ID tokens, there is the hash of an access token, which only an ID token has, and
 * no claim that only an access token has.
 */
function isIdToken({ header, claims }: { readonly header: TokenClaims; readonly claims: TokenClaims }): boolean {
  return (
    header['typ'] === 'JWT' &&
    typeof claims['at_hash'] === 'string' &&
    !CLAIMS_OF_ACCESS_TOKENS.some((claim) => Object.hasOwn(claims, claim))
  );
}
