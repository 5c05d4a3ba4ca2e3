import { createHash } from 'node:crypto';
import { authenticationClaims, type TokenClaims } from './access-token.ts';
import type { Grant } from './grant.ts';

/**
 * Builds the claims of the ID token (OIDC Core §2). `aud` is the client, `at_hash` binds the access token, and
 * `auth_time` is when the user approved. There is no `nonce`, because CIBA has none. There are no CIBA claims, because
 * those belong to push mode (CIBA §10.3.1).
 */
export function mintIdToken(
  grant: Grant,
  issuance: { issuer: string; accessToken: string; now: number; lifetimeSeconds: number },
): TokenClaims {
  return {
    ...grant.claims,
    iss: issuance.issuer,
    sub: grant.sub,
    aud: grant.clientId,
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    at_hash: leftHalfHash(issuance.accessToken),
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
