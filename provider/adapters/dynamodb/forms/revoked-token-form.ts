import { sha256 } from '../../../core/digest.ts';
import { acceptedUntil, type RevokedToken } from '../../../core/token/revocation.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a revoked access token, in Transactions.

export type RevokedTokenForm = {
  readonly jti: string;
  readonly client_id: string;
  readonly sub: string;
  readonly expires_at: number;
  readonly revoked_at: number;
  readonly ttl: number;
  readonly recorded_by?: string;
};

export const revokedTokenKey = (jti: string): Key<RevokedTokenForm> => ({
  pk: `REVOKED#${sha256(jti)}`,
  sk: 'REVOKED',
});

/** Returns the item. It is kept as long as an API may accept the token. */
export function revokedTokenItem(token: RevokedToken, now: number): Key<RevokedTokenForm> & RevokedTokenForm {
  const { jti, clientId, sub, expiresAt, ...unstored } = token;
  unstored satisfies Nothing;
  return {
    ...revokedTokenKey(jti),
    jti,
    client_id: clientId,
    sub,
    expires_at: expiresAt,
    revoked_at: now,
    ttl: acceptedUntil(token),
  };
}

export function revokedTokenFrom(item: Stored<RevokedTokenForm>): Whole<RevokedToken> {
  return { jti: item.jti, clientId: item.client_id, sub: item.sub, expiresAt: item.expires_at };
}
