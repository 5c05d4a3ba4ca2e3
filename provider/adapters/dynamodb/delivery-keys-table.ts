import type { DeliveryKey } from '../../core/keys/delivery-key.ts';
import type { DeliveryKeyStore } from '../../flows/keys/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import {
  DELIVERY_KEYS,
  type DeliveryKeyForm,
  deliveryKeyFrom,
  deliveryKeyItem,
  deliveryKeyKey,
} from './forms/delivery-key-form.ts';
import type { Table } from './table.ts';

/** Delivery keys in Directory: one partition, an item for each key. */
export class DeliveryKeysTable implements DeliveryKeyStore {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async list(): Promise<readonly DeliveryKey[]> {
    return (await this.#directory.query<DeliveryKeyForm>(DELIVERY_KEYS)).map(deliveryKeyFrom);
  }

  async create(key: DeliveryKey): Promise<boolean> {
    const { written } = await this.#directory.put(deliveryKeyItem(key), {
      guard: { condition: 'attribute_not_exists(pk)' },
      nonce: { attribute: 'created_by', value: this.#entropy.id() },
    });
    return written;
  }

  /** If the answer was lost, the SDK's repetition finds nothing. Then it counts as deleted by this call. */
  async remove(key: DeliveryKey): Promise<boolean> {
    const deleted = await this.#directory.delete(deliveryKeyKey(key), {
      guard: { condition: '#kid = :kid', values: { kid: key.kid } },
    });
    return deleted.written || (deleted.isUnclear === true && deleted.item === undefined);
  }
}
