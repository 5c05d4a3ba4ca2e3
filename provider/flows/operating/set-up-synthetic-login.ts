import { changesOfClient } from '../../core/client/client-change.ts';
import { sha256 } from '../../core/digest.ts';
import type { PublicJwk } from '../../core/keys/jwk.ts';
import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import {
  makeSyntheticIdentities,
  type SyntheticIdentities,
  type SyntheticSecret,
} from '../../core/operating/synthetic.ts';
import type { AuditLog, Clock, Entropy } from '../ports.ts';

/** What this flow needs. */
export type SyntheticSetUpPorts = {
  readonly identities: {
    save(identities: SyntheticIdentities): Promise<void>;
    remove(): Promise<void>;
  };
  readonly secret: { write(secret: SyntheticSecret): Promise<void> };
  /** Makes a new P-256 key pair. */
  readonly makeDeviceKey: () => Promise<{ publicKey: PublicJwk; privateKey: SyntheticSecret['devicePrivateKey'] }>;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly audit: AuditLog;
};

/**
 * Makes the client, the user and the device of the synthetic login, with new secrets. It runs at each deployment that
 * asks for it and replaces what was there.
 */
export async function setUpSyntheticLogin(ports: SyntheticSetUpPorts): Promise<void> {
  const { publicKey, privateKey } = await ports.makeDeviceKey();
  const clientSecret = ports.entropy.secret();
  const now = ports.clock();
  await ports.secret.write({ clientSecret, devicePrivateKey: privateKey });
  const identities = makeSyntheticIdentities({ secretHash: sha256(clientSecret), devicePublicKey: publicKey, now });
  await ports.identities.save(identities);
  const { client } = identities;
  const changed = changesOfClient(undefined, client);
  ports.audit.write({ event: 'client_created', clientId: client.clientId, changed, by: 'deployment' }, now);
  ports.audit.write(
    { event: 'device_enrolled', sub: identities.user.sub, deviceId: identities.device.deviceId, by: 'deployment' },
    now,
  );
}

/** Removes the client, the user and the device, so that the synthetic login no longer works. */
export async function removeSyntheticLogin(ports: SyntheticSetUpPorts): Promise<void> {
  await ports.identities.remove();
  ports.audit.write({ event: 'client_removed', clientId: SYNTHETIC_ID, by: 'deployment' }, ports.clock());
}
