import type { DeliveryKey } from '../../core/keys/delivery-key.ts';
import type { PublicJwk, SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { EncryptedPrivateKey, SigningKey } from '../../core/keys/signing-key.ts';

/** Reads signing keys: public halves only, at most 5 minutes old. */
export interface PublishedSigningKeys {
  all(): Promise<readonly SigningKey[]>;
}

/** Finds the keys that verify what the provider signed. */
export interface VerificationKeys {
  /**
   * Returns the public half of a key. Undefined if there is none with this `kid` and algorithm, or if it was revoked. A
   * key that is unknown to this function is read anew, unless there were too many of them.
   */
  find(key: { kid: string; algorithm: SigningAlgorithm }): Promise<PublicJwk | undefined>;
}

/**
 * Writes signing keys. Only one function does so. Each key is two items, which are never written together. The store
 * writes them in an order that never leaves an active key without its private half, even if a run is interrupted.
 */
export interface SigningKeyStore {
  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
  /** Stores a new key. False if another run was first with this generation; then nothing of this key is kept. */
  create(key: SigningKey, privateKey: EncryptedPrivateKey): Promise<boolean>;
  /** Changes the key from `next` to `active`. False if it is in another state; then nothing changes. */
  activate(key: SigningKey, activeFrom: number): Promise<boolean>;
  /** Changes the key from `active` to `retiring`. False if it is in another state; then nothing changes. */
  retire(key: SigningKey, goneAt: number): Promise<boolean>;
  /**
   * Changes a key that was read as `retiring` to `gone` and deletes its private half. It can be
   * repeated. False if the key is not `retiring` any more.
   */
  remove(key: SigningKey): Promise<boolean>;
  /**
   * Revokes a key in any state. False if it was completely revoked before. A revocation that was interrupted is
   * completed.
   */
  revoke(key: SigningKey, now: number): Promise<boolean>;
  /** Deletes the rest of a key that is gone or revoked. False if it is neither, or was deleted before. */
  deletePublicHalf(key: SigningKey): Promise<boolean>;
}

/** Makes key pairs whose private half leaves KMS only in encrypted form. */
export interface KeyMaker {
  make(algorithm: SigningAlgorithm, kid: string): Promise<{ publicKey: PublicJwk; privateKey: EncryptedPrivateKey }>;
}

/** The keys that seal tokens until their delivery. */
export interface DeliveryKeyStore {
  list(): Promise<readonly DeliveryKey[]>;
  /** Stores a new key. False if another run was first with this generation. */
  create(key: DeliveryKey): Promise<boolean>;
  /** Deletes a key. False if it was deleted before. */
  remove(key: DeliveryKey): Promise<boolean>;
}

/** Makes keys that leave KMS only in encrypted form. */
export interface DeliveryKeyMaker {
  makeDeliveryKey(kid: string): Promise<Uint8Array>;
}
