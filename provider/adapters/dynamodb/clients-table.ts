import type { Client } from '../../core/client/client.ts';
import { CLIENT_COPY_SECONDS, newRereads, type Rereads, takeReread } from '../../core/client/rereads.ts';
import type { Clients, KnownClient } from '../../flows/client/ports.ts';
import type { Clock } from '../../flows/ports.ts';
import { clientFrom, clientKey } from './forms/client-form.ts';
import type { Table } from './table.ts';

/** Most ids in the cache: more than one warm function serves in a minute. The one that was not used for longest goes. */
const CACHE_SIZE = 1000;

/** What a warm function remembers of an id: the client or that there is none, until when, and the reads left to it. */
type Remembered = { readonly client: Client | undefined; readonly until: number; readonly rereads: Rereads };

/**
 * Reads clients from Directory and caches them for at most a minute. An id that no client has is remembered as well. If
 * a credential fails against a copy, the client is read anew, at a bounded rate for each id.
 *
 * Known and unknown ids are treated alike on purpose, so that neither the number of reads nor their order tells which
 * clients exist: they share one cache, one lifetime and one bound. There is no bound over all ids, because an id that is
 * not in the cache must be read for the sake of clients that do exist.
 */
export class ClientsTable implements Clients {
  readonly #directory: Table;
  readonly #clock: Clock;
  /** In the order of their last use. */
  readonly #cache = new Map<string, Remembered>();

  constructor(directory: Table, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async find(clientId: string): Promise<KnownClient> {
    const now = this.#clock();
    const cached = this.#cache.get(clientId);
    if (!cached || now >= cached.until) return this.#read(clientId, cached?.rereads ?? newRereads(now));
    this.#remember(clientId, cached);
    return { client: cached.client, isCopy: true };
  }

  async findAgain(clientId: string, { isCopy }: KnownClient): Promise<KnownClient | undefined> {
    const now = this.#clock();
    const cached = this.#cache.get(clientId);
    const rereads = takeReread(cached?.rereads ?? newRereads(now), now);
    if (!rereads) return undefined;
    // The read is taken before it begins, so that calls at the same time share the bound.
    if (cached) this.#remember(clientId, { ...cached, rereads });
    // A client that was read for this call is not read again. Its failure counts all the same.
    return isCopy ? this.#read(clientId, rereads) : undefined;
  }

  async findAnew(clientId: string): Promise<Client | undefined> {
    return (await this.#read(clientId, newRereads(this.#clock()))).client;
  }

  async #read(clientId: string, rereads: Rereads): Promise<KnownClient> {
    const until = this.#clock() + CLIENT_COPY_SECONDS;
    const item = await this.#directory.get(clientKey(clientId));
    const client = item && clientFrom(item);
    this.#remember(clientId, { client, until, rereads: this.#cache.get(clientId)?.rereads ?? rereads });
    return { client, isCopy: false };
  }

  #remember(clientId: string, remembered: Remembered): void {
    this.#cache.delete(clientId);
    this.#cache.set(clientId, remembered);
    const [oldest] = this.#cache.keys();
    if (this.#cache.size > CACHE_SIZE && oldest !== undefined) this.#cache.delete(oldest);
  }
}
