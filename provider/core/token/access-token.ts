import type { Client } from '../client/client.ts';
import type { Nothing } from '../whole.ts';
import type { Grant } from './grant.ts';
import { confirmationClaim, type KeyConfirmation } from './sender-constraint.ts';

/** Claims of a JWT, ready to be signed. */
export type TokenClaims = Readonly<Record<string, unknown>>;

/**
 * Builds the claims of the access token (RFC 9068 §2.2): `sub` is the user, `client_id` is the client, and so is `azp`,
 * for APIs that know tokens of OpenID providers from before RFC 9068. `aud` is the granted audience (a string if there is only one), and `auth_time`, `amr` and `acr` describe the approval. The
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
    azp: clientId,
    scope: scopes.join(' '),
    iat: issuance.now,
    exp: issuance.now + issuance.lifetimeSeconds,
    jti: issuance.jti,
    ...authenticationClaims({ authTime, amr, acr }),
    ...confirmationClaim(issuance.confirmation),
  };
}

/**
 * Returns the `typ` of an access token: `at+jwt` (RFC 9068 §2.1), or `JWT` if the client is registered so for all its
 * audiences. A `JWT` is told from an ID token by its audience, which is never the id of a client, and by its claims: it
 * has `client_id`, `scope` and `jti`, and no `at_hash` (RFC 8725 §3.12).
 */
export function accessTokenType(
  { audience }: Pick<Grant, 'audience'>,
  { jwtTypAudiences = [] }: Pick<Client, 'jwtTypAudiences'>,
): 'at+jwt' | 'JWT' {
  return audience.length > 0 && audience.every((one) => jwtTypAudiences.includes(one)) ? 'JWT' : 'at+jwt';
}

/** Returns the claims that say when and how the user approved. They are the same in both tokens. */
export function authenticationClaims({ authTime, amr, acr }: Pick<Grant, 'authTime' | 'amr' | 'acr'>): TokenClaims {
  return { auth_time: authTime, ...(amr.length > 0 && { amr }), ...(acr !== undefined && { acr }) };
}
