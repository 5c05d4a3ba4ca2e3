import { type PublicJwk, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/client/client.ts';
import type { EncryptedPrivateKey, SigningKey, SigningKeyState } from '../../core/keys/signing-key.ts';
import type { PublishedSigningKeys, SigningKeyStore } from '../../flows/keys/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { Item, Table } from './table.ts';

type Slot = Pick<SigningKey, 'algorithm' | 'generation'>;
const generationOf = ({ generation }: Slot) => `GENERATION#${String(generation).padStart(8, '0')}`;

/** A slot is taken once, so that only one of two makers of a generation wins. */
const publicHalf = (key: Slot) => ({ pk: `KEY#${key.algorithm}`, sk: generationOf(key) });

/** Named by the `kid` as well: makers of the same generation each have an item of their own, and can't swap them. */
const privateHalf = (key: Slot & Pick<SigningKey, 'kid'>) => ({
  pk: `PRIVATEKEY#${key.algorithm}`,
  sk: `${generationOf(key)}#${key.kid}`,
});

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
    return (await this.#directory.query(`KEY#${algorithm}`)).map(keyFrom);
  }

  /** Undefined when it was deleted, because the key is gone or revoked. */
  async findPrivateKey(key: SigningKey): Promise<EncryptedPrivateKey | undefined> {
    const item = await this.#directory.get(privateHalf(key));
    if (!item) return undefined;
    const { kid, ciphertext } = item;
    if (!(ciphertext instanceof Uint8Array)) throw new Error('a stored private key has no ciphertext');
    return { kid: String(kid), ciphertext };
  }

  /**
   * Private half first: as soon as the public half is there, it may sign. The guarded put of the public half decides
   * between two makers. The loser deletes its own private half; one that a crash leaves behind has no public half, so
   * nothing reads it, and nothing that it could sign would verify.
   */
  async create(key: SigningKey, { kid, ciphertext }: EncryptedPrivateKey): Promise<boolean> {
    await this.#directory.put({ ...privateHalf(key), kid, ciphertext });
    const { written } = await this.#directory.put(
      {
        ...publicHalf(key),
        kid: key.kid,
        algorithm: key.algorithm,
        generation: key.generation,
        state: key.state,
        public_key: key.publicKey,
        created_at: key.createdAt,
        active_from: key.activeFrom,
      },
      {
        guard: { condition: 'attribute_not_exists(pk)' },
        nonce: { attribute: 'created_by', value: this.#entropy.id() },
      },
    );
    if (!written) await this.#directory.delete(privateHalf(key));
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
    await this.#directory.delete(privateHalf(key));
    await this.#move(key, { state: 'gone' }, 'retiring');
  }

  /**
   * Public half first: the key may be the one that signs, and must not be without its private half while it is. The mark
   * takes it out of the key set and keeps it from signing, in one write. After a crash between the two writes the mark
   * tells the next run, or the next revocation of this key, to delete the private half.
   */
  async revoke(key: SigningKey, now: number): Promise<boolean> {
    const { written } = await this.#directory.update({
      key: publicHalf(key),
      set: { state: 'revoked', gone_at: now },
      guard: { condition: '#kid = :kid AND #state <> :revoked', values: { kid: key.kid, revoked: 'revoked' } },
      nonce: { attribute: 'moved_by', value: this.#entropy.id() },
    });
    const { item } = await this.#directory.delete(privateHalf(key));
    return written || item !== undefined;
  }

  async deletePublicHalf(key: SigningKey): Promise<void> {
    const condition = '#kid = :kid AND (#state = :gone OR #state = :revoked)';
    const values = { kid: key.kid, gone: 'gone', revoked: 'revoked' };
    await this.#directory.delete(publicHalf(key), { guard: { condition, values } });
  }

  /** Moves on from one state only; when another run was first, the key is where it should be already. */
  async #move(key: SigningKey, set: Item, from: SigningKeyState): Promise<void> {
    await this.#directory.update({
      key: publicHalf(key),
      set,
      guard: { condition: '#kid = :kid AND #state = :from', values: { kid: key.kid, from } },
      nonce: { attribute: 'moved_by', value: this.#entropy.id() },
    });
  }
}

function keyFrom(item: Item): SigningKey {
  return {
    kid: String(item['kid']),
    algorithm: item['algorithm'] as SigningAlgorithm,
    generation: Number(item['generation']),
    state: item['state'] as SigningKeyState,
    publicKey: item['public_key'] as PublicJwk,
    createdAt: Number(item['created_at']),
    activeFrom: item['active_from'] as number | undefined,
    goneAt: item['gone_at'] as number | undefined,
  };
}
