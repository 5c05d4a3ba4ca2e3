import { createHash } from 'node:crypto';
import type { ApprovedRequest } from '../deciding/authentication-request.ts';

/** Lifetimes in seconds. */
export type TokenLifetimes = { readonly idTokenSeconds: number; readonly accessTokenSeconds: number };

/** Claims of a JWT, ready to be signed. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * The access token as RFC 9068 §2.2 has it: `sub` the user, `client_id` the client, `aud` what was granted (one string
 * when it is one), `auth_time`, `amr` and `acr` of the approval.
 */
export function mintAccessToken(
  request: ApprovedRequest,
  issuance: { issuer: string; jti: string; now: number; lifetimeSeconds: number },
): TokenClaims {
  const { approval } = request;
  return {
    iss: issuance.issuer,
    sub: request.sub,
    aud: request.audience.length === 1 ? request.audience[0] : request.audience,
    client_id: request.clientId,
    scope: request.scopes.join(' '),
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    jti: issuance.jti,
    auth_time: approval.decidedAt,
    ...(approval.amr.length > 0 && { amr: approval.amr }),
    ...(approval.acr !== undefined && { acr: approval.acr }),
  };
}

/**
 * The ID token (OIDC Core §2): `aud` the client, `at_hash` binds the access token, `auth_time` is when the user
 * approved. No `nonce`: CIBA has none. No CIBA claims: those belong to push mode (CIBA §10.3.1).
 */
export function mintIdToken(
  request: ApprovedRequest,
  issuance: { issuer: string; accessToken: string; now: number; lifetimeSeconds: number },
): TokenClaims {
  const { approval } = request;
  return {
    ...approval.claims,
    iss: issuance.issuer,
    sub: request.sub,
    aud: request.clientId,
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    auth_time: approval.decidedAt,
    at_hash: leftHalfHash(issuance.accessToken),
    ...(approval.amr.length > 0 && { amr: approval.amr }),
    ...(approval.acr !== undefined && { acr: approval.acr }),
  };
}

/** Left half of SHA-256, base64url (OIDC Core §3.1.3.6). All algorithms of this provider hash with SHA-256. */
export function leftHalfHash(token: string): string {
  return createHash('sha256').update(token, 'ascii').digest().subarray(0, 16).toString('base64url');
}
