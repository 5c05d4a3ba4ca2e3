import type { NameClaim } from '../../../core/client/client-name.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Nothing } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a client's claim on what its name looks like, in Directory.

/** A claim, under the hash of the skeleton. `put_by` is the nonce of the write. */
export type ClientNameForm = {
  readonly client_id: string;
  readonly registration_id: string;
  readonly revision: number;
  readonly put_at: number;
  readonly put_by?: string;
};

export const clientNameKey = (skeleton: string): Key<ClientNameForm> => ({
  pk: `NAME#${sha256(skeleton)}`,
  sk: 'NAME',
});

export function clientNameItem(
  skeleton: string,
  { clientId, registrationId, revision, claimedAt, ...more }: NameClaim,
) {
  more satisfies Nothing;
  const form: ClientNameForm = { client_id: clientId, registration_id: registrationId, revision, put_at: claimedAt };
  return { ...clientNameKey(skeleton), ...form };
}

export function clientNameFrom(item: Stored<ClientNameForm>): NameClaim {
  return {
    clientId: item.client_id,
    registrationId: item.registration_id,
    revision: item.revision,
    claimedAt: item.put_at,
  };
}
