import type { Grant } from './grant.ts';
import { confirmationClaim, type KeyConfirmation } from './sender-constraint.ts';

/** Claims of a JWT, ready to be signed. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * The access token as RFC 9068 §2.2 has it: `sub` the user, `client_id` the client, `aud` what was granted (one string
 * when it is one), `auth_time`, `amr` and `acr` of the approval.
 */
export function mintAccessToken(
  grant: Grant,
  issuance: {
    issuer: string;
    jti: string;
    now: number;
    lifetimeSeconds: number;
    confirmation?: KeyConfirmation | undefined;
  },
): TokenClaims {
  return {
    iss: issuance.issuer,
    sub: grant.sub,
    aud: grant.audience.length === 1 ? grant.audience[0] : grant.audience,
    client_id: grant.clientId,
    scope: grant.scopes.join(' '),
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    jti: issuance.jti,
    ...authenticationClaims(grant),
    ...confirmationClaim(issuance.confirmation),
  };
}

/** When and how the user approved: the same in both tokens. */
export function authenticationClaims({ authTime, amr, acr }: Grant): TokenClaims {
  return { auth_time: authTime, ...(amr.length > 0 && { amr }), ...(acr !== undefined && { acr }) };
}
