import { SYNTHETIC_ID, type SyntheticCast } from '../../core/operating/synthetic.ts';
import { clientItem, clientKey, deviceItem, deviceKey, profileItem, profileKey } from './forms/directory-items.ts';
import type { Table } from './table.ts';

/** Client, user and device of the synthetic login: three items under three fixed keys. */
export class SyntheticItems {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async save({ client, user, device }: SyntheticCast): Promise<void> {
    await Promise.all(
      [clientItem(client), profileItem(user), deviceItem(device)].map((item) => this.#directory.put(item)),
    );
  }

  async remove(): Promise<void> {
    const keys = [
      clientKey(SYNTHETIC_ID),
      profileKey(SYNTHETIC_ID),
      deviceKey({ sub: SYNTHETIC_ID, deviceId: SYNTHETIC_ID }),
    ];
    await Promise.all(keys.map((key) => this.#directory.delete(key)));
  }
}
