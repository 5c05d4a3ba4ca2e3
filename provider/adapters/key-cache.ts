import { newRereads, type Rereads, takeReread } from '../core/client/rereads.ts';
import type { PublicJwk, SigningAlgorithm } from '../core/keys/jwk.ts';
import { KEY_CACHE_SECONDS, type SigningKey, verifierOf } from '../core/keys/signing-key.ts';
import type { PublishedSigningKeys, SigningKeyStore, VerificationKeys } from '../flows/keys/ports.ts';
import type { Clock } from '../flows/ports.ts';

/**
 * Caches the public halves of signing keys in a warm function: for each algorithm, and for all. Concurrent readers
 * share one read. A failed or empty read is not kept. A `kid` that is unknown here causes a read, of which there are
 * five at once for each algorithm, and then one every ten seconds: whoever sends tokens chooses their `kid`.
 */
export class KeyCache implements PublishedSigningKeys, VerificationKeys, Pick<SigningKeyStore, 'list'> {
  readonly #store: PublishedSigningKeys & Pick<SigningKeyStore, 'list'>;
  readonly #clock: Clock;
  readonly #reads = new Map<string, { keys: Promise<readonly SigningKey[]>; until: number }>();
  readonly #rereads = new Map<SigningAlgorithm, Rereads>();

  constructor(store: PublishedSigningKeys & Pick<SigningKeyStore, 'list'>, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  all(): Promise<readonly SigningKey[]> {
    return this.#read('all', () => this.#store.all());
  }

  list(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    return this.#read(algorithm, () => this.#store.list(algorithm));
  }

  /** Discards the cached keys of an algorithm and reads them again. */
  reread(algorithm: SigningAlgorithm): Promise<readonly SigningKey[]> {
    this.#reads.delete(algorithm);
    return this.list(algorithm);
  }

  async find({ kid, algorithm }: { kid: string; algorithm: SigningAlgorithm }): Promise<PublicJwk | undefined> {
    const known = verifierOf(await this.list(algorithm), kid);
    if (known) return known.publicKey;
    const now = this.#clock();
    const left = takeReread(this.#rereads.get(algorithm) ?? newRereads(now), now);
    if (!left) return undefined;
    this.#rereads.set(algorithm, left);
    return verifierOf(await this.reread(algorithm), kid)?.publicKey;
  }

  #read(name: string, load: () => Promise<readonly SigningKey[]>): Promise<readonly SigningKey[]> {
    const now = this.#clock();
    const cached = this.#reads.get(name);
    if (cached && now < cached.until) return cached.keys;
    const keys = load();
    const entry = { keys, until: now + KEY_CACHE_SECONDS };
    this.#reads.set(name, entry);
    const forget = () => {
      if (this.#reads.get(name) === entry) this.#reads.delete(name);
    };
    keys.then((found) => (found.length === 0 ? forget() : undefined), forget);
    return keys;
  }
}
