import type { PublicJwk } from '../../core/keys/jwk.ts';
import { parseKeySet } from '../../core/keys/key-set.ts';
import { afterFailure, type KeySetCopy, mustFetch, usableKeys } from '../../core/keys/key-set-copy.ts';
import type { Clock, FoundKeySet, RemoteKeySets } from '../../flows/ports.ts';
import { type GuardedAnswer, guardedRequest } from './guarded-request.ts';
import { type Network, parseNetwork } from './public-address.ts';

/**
 * Longest call in milliseconds. A call of a client may wait for two sets, and has ten seconds together with its calls
 * to AWS.
 */
const TIME_LIMIT_MILLISECONDS = 2000;
/** The largest answer in bytes. Fifty RSA keys with their certificates fit. */
const BODY_LIMIT_BYTES = 128 * 1024;
/** Most addresses in the cache. The one that was not used for longest goes. */
const CACHE_SIZE = 500;

/**
 * Fetches key sets through guarded requests: from public addresses only, and without following redirects. A warm
 * function keeps a copy of each. Calls at the same time share one fetch. Only addresses that an operator registered get
 * here, and each of them is called at a bounded rate, so that nobody can use this function to flood one.
 */
export class HttpsKeySets implements RemoteKeySets {
  readonly #networks: readonly Network[];
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #copies = new Map<string, KeySetCopy>();
  readonly #pending = new Map<string, Promise<KeySetCopy>>();

  /**
   * `networks` are CIDR ranges such as `10.0.0.0/8` that may be called although they are not public. Throws if one is
   * malformed.
   */
  constructor(networks: readonly string[], clock: Clock) {
    this.#networks = networks.map(parseNetwork);
    this.#clock = clock;
  }

  async find(jwksUri: string, { kid }: { readonly kid: unknown }): Promise<FoundKeySet> {
    const known = this.#copies.get(jwksUri);
    const isEnough = known && !mustFetch(known, kid, this.#clock());
    const copy = isEnough ? known : await this.#fetchOnce(jwksUri);
    this.#remember(jwksUri, copy);
    return usableKeys(copy, this.#clock());
  }

  #fetchOnce(jwksUri: string): Promise<KeySetCopy> {
    const pending = this.#pending.get(jwksUri) ?? this.#fetch(jwksUri).finally(() => this.#pending.delete(jwksUri));
    this.#pending.set(jwksUri, pending);
    return pending;
  }

  async #fetch(jwksUri: string): Promise<KeySetCopy> {
    const now = this.#clock();
    const answer = await guardedRequest({
      url: new URL(jwksUri),
      method: 'GET',
      headers: { accept: 'application/jwk-set+json, application/json' },
      networks: this.#networks,
      timeLimitMilliseconds: TIME_LIMIT_MILLISECONDS,
      bodyLimitBytes: BODY_LIMIT_BYTES,
    });
    const keys = readKeys(answer);
    return typeof keys === 'string'
      ? afterFailure(this.#copies.get(jwksUri), keys, now)
      : { keys, fetchedAt: now, triedAt: now };
  }

  #remember(jwksUri: string, copy: KeySetCopy): void {
    this.#copies.delete(jwksUri);
    this.#copies.set(jwksUri, copy);
    const [oldest] = this.#copies.keys();
    if (this.#copies.size > CACHE_SIZE && oldest !== undefined) this.#copies.delete(oldest);
  }
}

/** Returns the keys of an answer, or why there are none. Any status but 200 is a failure, a redirect too. */
function readKeys(answer: GuardedAnswer): readonly PublicJwk[] | string {
  if ('failure' in answer) return answer.failure;
  if (answer.status !== 200) return 'wrong_status';
  try {
    return parseKeySet(JSON.parse(answer.body));
  } catch {
    return 'not_json';
  }
}
