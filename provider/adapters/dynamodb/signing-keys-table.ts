import { SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { EncryptedPrivateKey, SigningKey, SigningKeyState } from '../../core/keys/signing-key.ts';
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

/**
 * Signing keys in Directory: the public halves in one partition an algorithm, the private ones in another, so that roles
 * can tell them apart. The private half of a key that may sign is there before the public half says that it signs, and
 * is deleted only after the public half says that it does not. A private half without a public one is never opened.
 */
export class SigningKeysTable implements SigningKeyStore, PublishedSigningKeys {
  readonly #directory: Table;
  readonly #entropy: Entropy;

  constructor(directory: Table, entropy: Entropy) {
    this.#directory = directory;
    this.#entropy = entropy;
  }

  async all(): Promise<readonly SigningKey[]> {
    return (await Promise.all(SIGNING_ALGORITHMS.map((algorithm) => this.list(algorithm)))).flat();
  }

  async list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    return (await this.#directory.query<PublicHalfForm>(publicHalves(algorithm))).map(signingKeyFrom);
  }

  /** Undefined when it was deleted, because the key is gone or revoked. */
  async findPrivateKey(key: SigningKey): Promise<EncryptedPrivateKey | undefined> {
    const item = await this.#directory.get(privateHalfKey(key));
    return item && { kid: item.kid, ciphertext: item.ciphertext };
  }

  /**
   * Private half first: as soon as the public half is there, it may sign. The guarded put of the public half decides
   * between two makers. The loser deletes its own private half; one that a crash leaves behind has no public half, so
   * nothing reads it, and nothing that it could sign would verify.
   */
  async create(key: SigningKey, { kid, ciphertext }: EncryptedPrivateKey): Promise<boolean> {
    await this.#directory.put({ ...privateHalfKey(key), kid, ciphertext });
    const { written } = await this.#directory.put(publicHalfItem(key), {
      guard: { condition: 'attribute_not_exists(pk)' },
      nonce: { attribute: 'created_by', value: this.#entropy.id() },
    });
    if (!written) await this.#directory.delete(privateHalfKey(key));
    return written;
  }

  async activate(key: SigningKey, activeFrom: number): Promise<void> {
    await this.#move(key, { state: 'active', active_from: activeFrom }, 'next');
  }

  async retire(key: SigningKey, goneAt: number): Promise<void> {
    await this.#move(key, { state: 'retiring', gone_at: goneAt }, 'active');
  }

  /**
   * Private half first: a retiring key does not sign, and never will again, so nobody misses it. After a crash between
   * the two writes the key is still retiring, and the next run removes it again; the other way round, nothing would
   * tell that a private half was left.
   */
  async remove(key: SigningKey): Promise<void> {
    await this.#directory.delete(privateHalfKey(key));
    await this.#move(key, { state: 'gone' }, 'retiring');
  }

  /**
   * Public half first: the key may be the one that signs, and must not be without its private half while it is. The mark
   * takes it out of the key set and keeps it from signing, in one write. After a crash between the two writes the mark
   * tells the next run, or the next revocation of this key, to delete the private half.
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

  async deletePublicHalf(key: SigningKey): Promise<void> {
    const condition = '#kid = :kid AND (#state = :gone OR #state = :revoked)';
    const values = { kid: key.kid, gone: 'gone', revoked: 'revoked' };
    await this.#directory.delete(publicHalfKey(key), { guard: { condition, values } });
  }

  /** Moves on from one state only; when another run was first, the key is where it should be already. */
  async #move(key: SigningKey, set: Partial<PublicHalfForm>, from: SigningKeyState): Promise<void> {
    await this.#directory.update({
      key: publicHalfKey(key),
      set,
      guard: { condition: '#kid = :kid AND #state = :from', values: { kid: key.kid, from } },
      nonce: { attribute: 'moved_by', value: this.#entropy.id() },
    });
  }
}
