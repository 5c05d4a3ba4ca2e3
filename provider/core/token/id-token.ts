import { createHash } from 'node:crypto';
import { authenticationClaims, type TokenClaims } from './access-token.ts';
import type { Grant } from './grant.ts';

/** The claim that binds a pushed ID token to its request (CIBA §10.3.1). */
const AUTH_REQ_ID_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';

/**
 * Builds the claims of the ID token (OIDC Core §2). `aud` is the client, `at_hash` binds the access token, and
 * `auth_time` is when the user approved. There is no `nonce`, because CIBA has none. In push mode a claim binds the ID
 * token to the request as well (CIBA §10.3.1). There is none for a refresh token, because the provider issues none.
 */
export function mintIdToken(
  grant: Grant,
  issuance: {
    issuer: string;
    accessToken: string;
    now: number;
    lifetimeSeconds: number;
    /** The `auth_req_id`, if the tokens are pushed. */
    pushedFor?: string | undefined;
  },
): TokenClaims {
  return {
    ...grant.claims,
    iss: issuance.issuer,
    sub: grant.sub,
    aud: grant.clientId,
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    at_hash: leftHalfHash(issuance.accessToken),
    ...(issuance.pushedFor !== undefined && { [AUTH_REQ_ID_CLAIM]: issuance.pushedFor }),
    ...authenticationClaims(grant),
  };
}

/**
 * Returns the left half of the SHA-256 hash in base64url (OIDC Core §3.1.3.6). All algorithms of this provider hash
 * with SHA-256.
 */
export function leftHalfHash(token: string): string {
  return createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url');
}
