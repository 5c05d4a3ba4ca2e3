import type { PublicJwk, SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { EncryptedPrivateKey, SigningKey } from '../../core/keys/signing-key.ts';

/** Signing keys, read: public halves only, at most 5 minutes old. */
export interface PublishedSigningKeys {
  all(): Promise<readonly SigningKey[]>;
}

/**
 * Signing keys, written: by one function alone. Each is two items, which no write changes together; the store writes
 * them in an order that leaves no active key without its private half, wherever a run breaks off.
 */
export interface SigningKeyStore {
  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
  /** False when another maker was first with this generation: then nothing is kept of this key. */
  create(key: SigningKey, privateKey: EncryptedPrivateKey): Promise<boolean>;
  /** From `next`; otherwise nothing changes. */
  activate(key: SigningKey, activeFrom: number): Promise<void>;
  /** From `active`; otherwise nothing changes. */
  retire(key: SigningKey, goneAt: number): Promise<void>;
  /** A key that was read as `retiring` becomes `gone`, and its private half is deleted. Safe to repeat. */
  remove(key: SigningKey): Promise<void>;
  /** From any state. False when it was revoked before, to the end; a revocation that broke off is finished. */
  revoke(key: SigningKey, now: number): Promise<boolean>;
  /** Deletes what is left of a key that is gone or revoked. */
  deletePublicHalf(key: SigningKey): Promise<void>;
}

/** Makes key pairs whose private half nobody sees. */
export interface KeyMaker {
  make(algorithm: SigningAlgorithm, kid: string): Promise<{ publicKey: PublicJwk; privateKey: EncryptedPrivateKey }>;
}
