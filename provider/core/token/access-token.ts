import type { Nothing } from '../whole.ts';
import type { Grant } from './grant.ts';
import { confirmationClaim, type KeyConfirmation } from './sender-constraint.ts';

/** Claims of a JWT, ready to be signed. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Builds the claims of the access token (RFC 9068 §2.2): `sub` is the user, `client_id` is the client, `aud` is the
 * granted audience (a string if there is only one), and `auth_time`, `amr` and `acr` describe the approval. The
 * registration and the profile behind the ids, the count of blocks, the device and the user's claims are left out. A
 * member of the grant that is neither in the token nor left out by name does not compile.
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
  const { sub, audience, clientId, scopes, authTime, amr, acr, ...more } = grant;
  const { registrationId, profileId, blockCount, deviceId, claims, ...others } = more;
  others satisfies Nothing;
  return {
    iss: issuance.issuer,
    sub,
    aud: audience.length === 1 ? audience[0] : audience,
    client_id: clientId,
    scope: scopes.join(' '),
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    jti: issuance.jti,
    ...authenticationClaims({ authTime, amr, acr }),
    ...confirmationClaim(issuance.confirmation),
  };
}

/** Returns the claims that say when and how the user approved. They are the same in both tokens. */
export function authenticationClaims({ authTime, amr, acr }: Pick<Grant, 'authTime' | 'amr' | 'acr'>): TokenClaims {
  return { auth_time: authTime, ...(amr.length > 0 && { amr }), ...(acr !== undefined && { acr }) };
}
