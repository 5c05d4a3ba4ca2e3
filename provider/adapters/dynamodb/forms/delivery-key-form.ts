import type { DeliveryKey } from '../../../core/keys/delivery-key.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a delivery key in Directory.

/** A delivery key. Its generation is in the key. */
export type DeliveryKeyForm = {
  readonly kid: string;
  readonly ciphertext: Uint8Array;
  readonly created_at: number;
};

/** The partition of all delivery keys. */
export const DELIVERY_KEYS = 'DELIVERYKEY#A256GCM';
const PREFIX = 'GENERATION#';

export const deliveryKeyKey = ({ generation }: Pick<DeliveryKey, 'generation'>): Key<DeliveryKeyForm> => ({
  pk: DELIVERY_KEYS,
  sk: `${PREFIX}${String(generation).padStart(8, '0')}`,
});

export function deliveryKeyItem(key: DeliveryKey): Key<DeliveryKeyForm> & DeliveryKeyForm {
  const { kid, generation, ciphertext, createdAt, ...unstored } = key;
  unstored satisfies Nothing;
  return { ...deliveryKeyKey({ generation }), kid, ciphertext, created_at: createdAt };
}

export function deliveryKeyFrom(item: Stored<DeliveryKeyForm>): Whole<DeliveryKey> {
  const generation = Number(item.sk.slice(PREFIX.length));
  return { kid: item.kid, generation, ciphertext: item.ciphertext, createdAt: item.created_at };
}
