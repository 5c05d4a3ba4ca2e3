import type { Client, PublicJwk } from './client.ts';
import { registerClient } from './client-registration.ts';
import type { Device } from './device.ts';
import type { User } from './user.ts';

/** The one name of everything synthetic: client, user and device. Roles are cut to exactly these keys. */
export const SYNTHETIC_ID = 'synthetic-login';

/** What the synthetic login keeps in its secret. */
export type SyntheticSecret = {
  readonly clientSecret: string;
  readonly devicePrivateKey: Readonly<Record<string, unknown>>;
};
/** Client, user and device of the synthetic login. */
export type SyntheticCast = { readonly client: Client; readonly user: User; readonly device: Device };

/**
 * A client that may name its own user alone, with no scope beyond `openid` and no audience; a user without a name or an
 * identifier; a device that is never pushed to. With all their secrets a thief could log nobody in.
 */
export function castSyntheticLogin(made: {
  secretHash: string;
  devicePublicKey: PublicJwk;
  now: number;
}): SyntheticCast {
  const metadata = { client_name: 'Synthetic login', only_sub: SYNTHETIC_ID };
  const client = registerClient(metadata, { clientId: SYNTHETIC_ID, secretHash: made.secretHash });
  if (!client.ok) throw new Error('the synthetic client breaks the rules of registration');
  return {
    client: client.value,
    user: { sub: SYNTHETIC_ID, status: 'active', claims: {}, identifiers: [] },
    device: {
      deviceId: SYNTHETIC_ID,
      sub: SYNTHETIC_ID,
      name: 'Synthetic device',
      publicKey: made.devicePublicKey,
      platform: 'NONE',
      endpointArn: 'none',
      push: 'reachable',
      enrolledAt: made.now,
    },
  };
}
