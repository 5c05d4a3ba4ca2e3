import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { type DeliveryKey, sealingKey } from '../../core/keys/delivery-key.ts';
import { KEY_CACHE_SECONDS } from '../../core/keys/signing-key.ts';
import { deliveryContext, type SealedTokens, sealContext } from '../../core/notifying/sealed-tokens.ts';
import type { DeliveryKeyStore } from '../../flows/keys/ports.ts';
import type { TokenSeal } from '../../flows/notifying/ports.ts';
import type { Clock } from '../../flows/ports.ts';
import type { CallKms } from './call-kms.ts';

const ALGORITHM = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** The key in base64. */
const decrypted = v.object({ Plaintext: v.pipe(v.string(), v.nonEmpty()) });

/**
 * Seals tokens with AES-256-GCM, a random nonce of 96 bits, and the request as additional data. The key is made by KMS
 * and stored encrypted. It costs a warm function one read in five minutes and no KMS call.
 */
export class KmsTokenSeal implements TokenSeal {
  readonly #stored: Pick<DeliveryKeyStore, 'list'>;
  readonly #kms: CallKms;
  readonly #keyId: string;
  readonly #clock: Clock;
  readonly #opened = new Map<string, Buffer>();
  #read: { readonly keys: readonly DeliveryKey[]; readonly until: number } | undefined;

  constructor(stored: Pick<DeliveryKeyStore, 'list'>, { kms, keyId }: { kms: CallKms; keyId: string }, clock: Clock) {
    this.#stored = stored;
    this.#kms = kms;
    this.#keyId = keyId;
    this.#clock = clock;
  }

  async seal(body: string, requestId: string): Promise<Pick<SealedTokens, 'kid' | 'bytes'>> {
    const key = sealingKey(await this.#keys());
    if (!key) throw new Error('there is no delivery key');
    const { kid } = key;
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv(ALGORITHM, await this.#open(key), nonce);
    cipher.setAAD(Buffer.from(sealContext({ requestId, kid })));
    return { kid, bytes: Buffer.concat([nonce, cipher.update(body), cipher.final(), cipher.getAuthTag()]) };
  }

  async open({ kid, bytes }: SealedTokens, requestId: string): Promise<string | undefined> {
    const named = (keys: readonly DeliveryKey[]) => keys.find((key) => key.kid === kid);
    const key = named(await this.#keys()) ?? named(await this.#reread());
    if (!key) return undefined;
    const decipher = createDecipheriv(ALGORITHM, await this.#open(key), bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAAD(Buffer.from(sealContext({ requestId, kid })));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    try {
      return Buffer.concat([opened, decipher.final()]).toString();
    } catch {
      return undefined;
    }
  }

  async #keys(): Promise<readonly DeliveryKey[]> {
    return this.#read && this.#clock() < this.#read.until ? this.#read.keys : this.#reread();
  }

  /** An empty answer is not kept, because the first key may be made in a moment. */
  async #reread(): Promise<readonly DeliveryKey[]> {
    const until = this.#clock() + KEY_CACHE_SECONDS;
    const keys = await this.#stored.list();
    this.#read = keys.length > 0 ? { keys, until } : undefined;
    return keys;
  }

  async #open({ kid, ciphertext }: DeliveryKey): Promise<Buffer> {
    const known = this.#opened.get(kid);
    if (known) return known;
    const answer = await this.#kms('Decrypt', {
      KeyId: this.#keyId,
      CiphertextBlob: Buffer.from(ciphertext).toString('base64'),
      EncryptionContext: deliveryContext(kid),
    });
    const key = Buffer.from(v.parse(decrypted, answer).Plaintext, 'base64');
    this.#opened.set(kid, key);
    return key;
  }
}
