import type { Client } from '../../core/client/client.ts';
import type { Clients } from '../../flows/client/ports.ts';
import type { Clock } from '../../flows/ports.ts';
import { clientFrom, clientKey } from './forms/client-form.ts';
import type { Table } from './table.ts';

/** How long a warm function may use its copy of a client, in seconds. */
const CACHE_SECONDS = 60;
/** Most clients in the cache: more than one warm function serves in a minute. A full cache is emptied. */
const CACHE_SIZE = 1000;

/**
 * Reads clients from Directory and caches them for at most a minute. Unknown ids are not cached, so that a new client
 * works at once.
 */
export class ClientsTable implements Clients {
  readonly #directory: Table;
  readonly #clock: Clock;
  readonly #cache = new Map<string, { client: Client; until: number }>();

  constructor(directory: Table, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  async find(clientId: string): Promise<Client | undefined> {
    const now = this.#clock();
    const cached = this.#cache.get(clientId);
    if (cached && now < cached.until) return cached.client;
    const item = await this.#directory.get(clientKey(clientId));
    this.#cache.delete(clientId);
    if (!item) return undefined;
    const client = clientFrom(item);
    if (this.#cache.size >= CACHE_SIZE) this.#cache.clear();
    this.#cache.set(clientId, { client, until: now + CACHE_SECONDS });
    return client;
  }
}
