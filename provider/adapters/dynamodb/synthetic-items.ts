import { SYNTHETIC_ID } from '../../core/operating/reserved.ts';
import type { SyntheticIdentities } from '../../core/operating/synthetic.ts';
import { clientItem, clientKey } from './forms/client-form.ts';
import { deviceItem, deviceKey } from './forms/device-form.ts';
import { profileItem, profileKey } from './forms/user-form.ts';
import type { Table } from './table.ts';

/** The client, the user and the device of the synthetic login: three items under fixed keys. */
export class SyntheticItems {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async save({ client, user, device }: SyntheticIdentities): Promise<void> {
    await Promise.all([
      this.#directory.put(clientItem(client, 1)),
      this.#directory.put(profileItem(user, 1)),
      this.#directory.put(deviceItem(device)),
    ]);
  }

  async remove(): Promise<void> {
    await Promise.all([
      this.#directory.delete(clientKey(SYNTHETIC_ID)),
      this.#directory.delete(profileKey(SYNTHETIC_ID)),
      this.#directory.delete(deviceKey({ sub: SYNTHETIC_ID, deviceId: SYNTHETIC_ID })),
    ]);
  }
}
