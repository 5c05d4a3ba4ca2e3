import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { EncryptedPrivateKey, SigningKey, SigningKeyState } from '../../core/keys/signing-key.ts';
import type { Nothing, Whole } from '../../core/whole.ts';
import type { PublishedSigningKeys, SigningKeyStore } from '../../flows/keys/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import {
  type PublicHalfForm,
  privateHalfKey,
  publicHalfItem,
  publicHalfKey,
  publicHalves,
  signingKeyFrom,
} from './forms/signing-key-form.ts';
import type { Table } from './table.ts';

/** Reads signing keys in Directory, for functions that sign and verify. What only the rotation does is below. */
export class ReadableSigningKeysTable implements PublishedSigningKeys {
  readonly #directory: Table;

  constructor(directory: Table) {
    this.#directory = directory;
  }

  async all(): Promise<readonly SigningKey[]> {
    return (await Promise.all(SIGNING_ALGORITHMS.map((algorithm) => this.list(algorithm)))).flat();
  }

  async list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    return (await this.#directory.query<PublicHalfForm>(publicHalves(algorithm))).map(signingKeyFrom);
  }

  /** Returns the encrypted private half. Undefined if it was deleted because the key is gone or revoked. */
  async findPrivateKey(key: SigningKey): Promise<Whole<EncryptedPrivateKey> | undefined> {
    const item = await this.#directory.get(privateHalfKey(key));
    return item && { kid: item.kid, ciphertext: item.ciphertext };
  }
}

/**
 * Signing keys in Directory. The public halves are in one partition for each algorithm and the private halves in
 * another, so that roles can be allowed one without the other. The private half of a key that may sign is stored before
 * the public half says that the key signs, and is deleted only after the public half says that it does not. A private
 * half without a public half is never decrypted.
 */
export class SigningKeysTable extends ReadableSigningKeysTable implements SigningKeyStore {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    super(directory);
    this.#directory = directory;
    this.#entropy = entropy;
  }

  /**
   * Writes the private half first, because the key may sign as soon as the public half is stored. The guarded put of
   * the public half decides between two runs that create the same generation. The loser deletes its own private half. A
   * private half that a crash leaves behind has no public half, so nothing reads it, and nothing that it could sign
   * would verify.
   */
  async create(key: SigningKey, { kid, ciphertext, ...unstored }: EncryptedPrivateKey): Promise<boolean> {
    unstored satisfies Nothing;
    await this.#directory.put({ ...privateHalfKey(key), kid, ciphertext });
    const { written } = await this.#directory.put(publicHalfItem(key), {
      guard: { condition: 'attribute_not_exists(pk)' },
      nonce: { attribute: 'created_by', value: this.#entropy.id() },
    });
    if (!written) await this.#directory.delete(privateHalfKey(key));
    return written;
  }

  async activate(key: SigningKey, activeFrom: number): Promise<boolean> {
    return this.#move(key, { state: 'active', active_from: activeFrom }, 'next');
  }

  async retire(key: SigningKey, goneAt: number): Promise<boolean> {
    return this.#move(key, { state: 'retiring', gone_at: goneAt }, 'active');
  }

  /**
   * Deletes the private half first. A retiring key does not sign and never will again, so the private half is not
   * missed. After a crash between the two writes the key is still retiring, and the next run removes it again. In the
   * opposite order, nothing would show that a private half was left.
   */
  async remove(key: SigningKey): Promise<boolean> {
    await this.#directory.delete(privateHalfKey(key));
    return this.#move(key, { state: 'gone' }, 'retiring');
  }

  /**
   * Writes the public half first. The key may be the one that signs, and must not lose its private half while it is.
   * One write takes the key out of the key set and stops it from signing. After a crash between the two writes, the
   * next run or the next revocation of this key finds it revoked and deletes the private half.
   */
  async revoke(key: SigningKey, now: number): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: publicHalfKey(key),
      set: { state: 'revoked', gone_at: now },
      guard: { condition: '#kid = :kid AND #state <> :revoked', values: { kid: key.kid, revoked: 'revoked' } },
      nonce: { attribute: 'moved_by', value: this.#entropy.id() },
    });
    const { item } = await this.#directory.delete(privateHalfKey(key));
    return written || item !== undefined;
  }

  /** If the answer was lost, the SDK's repetition finds nothing. Then it counts as deleted by this call. */
  async deletePublicHalf(key: SigningKey): Promise<boolean> {
    const condition = '#kid = :kid AND (#state = :gone OR #state = :revoked)';
    const values = { kid: key.kid, gone: 'gone', revoked: 'revoked' };
    const deleted = await this.#directory.delete(publicHalfKey(key), { guard: { condition, values } });
    return deleted.written || (deleted.isUnclear === true && deleted.item === undefined);
  }

  /**
   * Changes the state, from one given state only. False if another run was first. If the answer was lost, and another
   * run has changed the key since, it is a fault: nobody knows whether this change was made.
   */
  async #move(key: SigningKey, set: Partial<PublicHalfForm>, from: SigningKeyState): Promise<boolean> {
    const { written, isUnclear } = await this.#directory.update({
      key: publicHalfKey(key),
      set,
      guard: { condition: '#kid = :kid AND #state = :from', values: { kid: key.kid, from } },
      nonce: { attribute: 'moved_by', value: this.#entropy.id() },
    });
    if (isUnclear) throw new Error('another run changed the key at the same time');
    return written;
  }
}
