/**
 * A key that seals the tokens of clients in push mode until they are delivered (AES-256). It is made by KMS and stored
 * encrypted. Only the function that delivers can open it.
 */
export type DeliveryKey = {
  readonly kid: string;
  /** Counts up. Of two functions that create the same generation at the same time, only one succeeds. */
  readonly generation: number;
  /** Encrypted by KMS, under a context that names the purpose and the `kid`. */
  readonly ciphertext: Uint8Array;
  readonly createdAt: number;
};

/** One step of the rotation of delivery keys. */
export type DeliveryKeyStep =
  | { readonly step: 'create'; readonly generation: number }
  | { readonly step: 'remove'; readonly key: DeliveryKey };

/** How long a key is kept after its successor was made, in seconds: much longer than tokens wait for their delivery. */
const KEPT_FOR_SECONDS = 7 * 86_400;

/** Returns the key that seals: the youngest one. */
export function sealingKey(keys: readonly DeliveryKey[]): DeliveryKey | undefined {
  return keys.toSorted((a, b) => b.generation - a.generation)[0];
}

/**
 * Plans the next steps. A key seals until it is as old as signing keys become, and is deleted a week after its
 * successor was made. One key then seals far fewer bodies than the 2^32 that NIST SP 800-38D §8.3 allows with random
 * nonces.
 */
export function planDeliveryKeys(
  keys: readonly DeliveryKey[],
  { rotateAfterSeconds }: { readonly rotateAfterSeconds: number },
  now: number,
): readonly DeliveryKeyStep[] {
  const current = sealingKey(keys);
  if (!current || now - current.createdAt >= rotateAfterSeconds)
    return [{ step: 'create', generation: (current?.generation ?? 0) + 1 }];
  if (now - current.createdAt < KEPT_FOR_SECONDS) return [];
  return keys.filter((key) => key !== current).map((key) => ({ step: 'remove', key }));
}
