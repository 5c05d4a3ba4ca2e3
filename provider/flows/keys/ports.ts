import type { PublicJwk, SigningAlgorithm } from '../../core/client/client.ts';
import type { SigningKey } from '../../core/keys/signing-key.ts';

/** Signing keys, read: at most 5 minutes old. */
export interface PublishedSigningKeys {
  all(): Promise<readonly SigningKey[]>;
}

/** Signing keys, written: by one function alone. */
export interface SigningKeyStore {
  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]>;
  /** False when another maker was first with this generation. */
  create(key: SigningKey): Promise<boolean>;
  activate(key: SigningKey, activeFrom: number): Promise<void>;
  retire(key: SigningKey, goneAt: number): Promise<void>;
  remove(key: SigningKey): Promise<void>;
}

/** Makes key pairs whose private half nobody sees. */
export interface KeyMaker {
  make(algorithm: SigningAlgorithm, kid: string): Promise<{ publicKey: PublicJwk; encryptedPrivateKey: Uint8Array }>;
}
