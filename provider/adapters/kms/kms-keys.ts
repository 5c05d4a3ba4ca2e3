import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { PublicJwk, SigningAlgorithm } from '../../core/keys/jwk.ts';
import { type EncryptedPrivateKey, SIGNING_KEY_PURPOSE, type SigningKey } from '../../core/keys/signing-key.ts';
import type { KeyMaker } from '../../flows/keys/ports.ts';
import type { CallKms } from './call-kms.ts';

/** Bytes in an answer of KMS. */
const bytes = v.pipe(
  v.string(),
  v.nonEmpty(),
  v.transform((text) => Buffer.from(text, 'base64')),
);
const keyPair = v.object({ PublicKey: bytes, PrivateKeyCiphertextBlob: bytes });
const decrypted = v.object({ Plaintext: bytes });

/**
 * The encryption context to which KMS binds the ciphertext, so that one private key cannot be passed off as another.
 */
const contextOf = (kid: string, algorithm: SigningAlgorithm) => ({ purpose: SIGNING_KEY_PURPOSE, kid, algorithm });

/** Makes key pairs in KMS. The private half is returned encrypted and is stored encrypted. */
export class KmsKeyMaker implements KeyMaker {
  readonly #kms: CallKms;
  readonly #keyId: string;

  constructor(kms: CallKms, keyId: string) {
    this.#kms = kms;
    this.#keyId = keyId;
  }

  async make(
    algorithm: SigningAlgorithm,
    kid: string,
  ): Promise<{ publicKey: PublicJwk; privateKey: EncryptedPrivateKey }> {
    const made = await this.#kms('GenerateDataKeyPairWithoutPlaintext', {
      KeyId: this.#keyId,
      KeyPairSpec: algorithm === 'ES256' ? 'ECC_NIST_P256' : 'RSA_2048',
      EncryptionContext: contextOf(kid, algorithm),
    });
    const { PublicKey, PrivateKeyCiphertextBlob } = v.parse(keyPair, made);
    const publicKey = createPublicKey({ key: PublicKey, format: 'der', type: 'spki' }).export({ format: 'jwk' });
    return { publicKey: publicKey as PublicJwk, privateKey: { kid, ciphertext: PrivateKeyCiphertextBlob } };
  }
}

/** Reads the encrypted private halves. Undefined if the private half was deleted. */
type StoredPrivateKeys = { findPrivateKey(key: SigningKey): Promise<EncryptedPrivateKey | undefined> };

/**
 * Decrypts stored private keys. Each key costs a warm function one read and one KMS call; afterwards it is in memory.
 */
export class KmsPrivateKeys {
  readonly #stored: StoredPrivateKeys;
  readonly #kms: CallKms;
  readonly #keyId: string;
  readonly #opened = new Map<string, Promise<KeyObject | undefined>>();

  constructor(stored: StoredPrivateKeys, kms: CallKms, keyId: string) {
    this.#stored = stored;
    this.#kms = kms;
    this.#keyId = keyId;
  }

  /**
   * Returns the private key. Undefined if the private half was deleted. Concurrent callers share one call. Only a
   * decrypted key is kept.
   */
  open(key: SigningKey): Promise<KeyObject | undefined> {
    const known = this.#opened.get(key.kid);
    if (known) return known;
    const opening = this.#findAndDecrypt(key);
    this.#opened.set(key.kid, opening);
    const forget = () => this.#opened.delete(key.kid);
    opening.then((opened) => opened ?? forget(), forget);
    return opening;
  }

  async #findAndDecrypt(key: SigningKey): Promise<KeyObject | undefined> {
    const privateKey = await this.#stored.findPrivateKey(key);
    if (!privateKey) return undefined;
    const answer = await this.#kms('Decrypt', {
      KeyId: this.#keyId,
      CiphertextBlob: Buffer.from(privateKey.ciphertext).toString('base64'),
      EncryptionContext: contextOf(key.kid, key.algorithm),
    });
    const { Plaintext } = v.parse(decrypted, answer);
    return createPrivateKey({ key: Plaintext, format: 'der', type: 'pkcs8' });
  }
}
