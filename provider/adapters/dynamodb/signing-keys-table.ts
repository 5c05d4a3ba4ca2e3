import { type PublicJwk, SIGNING_ALGORITHMS, type SigningAlgorithm } from '../../core/client/client.ts';
import type { SigningKey, SigningKeyState } from '../../core/keys/signing-key.ts';
import type { PublishedSigningKeys, SigningKeyStore } from '../../flows/keys/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { Item, Table } from './table.ts';

const slotKey = (key: Pick<SigningKey, 'algorithm' | 'generation'>) => ({
  pk: `KEY#${key.algorithm}`,
  sk: `GENERATION#${String(key.generation).padStart(8, '0')}`,
});

/** Signing keys in Directory, one partition an algorithm, one slot a generation. */
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

  async create(key: SigningKey): Promise<boolean> {
    const { written } = await this.#directory.put(
      {
        ...slotKey(key),
        kid: key.kid,
        algorithm: key.algorithm,
        generation: key.generation,
        state: key.state,
        public_key: key.publicKey,
        encrypted_private_key: key.encryptedPrivateKey,
        created_at: key.createdAt,
        active_from: key.activeFrom,
      },
      {
        guard: { condition: 'attribute_not_exists(pk)' },
        nonce: { attribute: 'created_by', value: this.#entropy.id() },
      },
    );
    return written;
  }

  async activate(key: SigningKey, activeFrom: number): Promise<void> {
    await this.#move(key, { state: 'active', active_from: activeFrom }, 'next');
  }

  async retire(key: SigningKey, goneAt: number): Promise<void> {
    await this.#move(key, { state: 'retiring', gone_at: goneAt }, 'active');
  }

  async remove(key: SigningKey): Promise<void> {
    await this.#directory.delete(slotKey(key), { guard: { condition: '#kid = :kid', values: { kid: key.kid } } });
  }

  /** Moves on from one state only; when another run was first, the key is where it should be already. */
  async #move(key: SigningKey, set: Item, from: SigningKeyState): Promise<void> {
    await this.#directory.update({
      key: slotKey(key),
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
    encryptedPrivateKey: item['encrypted_private_key'] as Uint8Array,
    createdAt: Number(item['created_at']),
    activeFrom: item['active_from'] as number | undefined,
    goneAt: item['gone_at'] as number | undefined,
  };
}
