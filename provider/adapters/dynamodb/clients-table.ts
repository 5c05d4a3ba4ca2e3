import type { Client } from '../../core/client/client.ts';
import type { Clients } from '../../flows/client/ports.ts';
import type { Clock } from '../../flows/ports.ts';
import { clientFrom, clientKey } from './forms/client-form.ts';
import type { Table } from './table.ts';

/** How long a warm function may believe its copy of a client. */
const CACHE_SECONDS = 60;
/** More clients than one warm function serves in a minute; a full cache is dropped whole. */
const CACHE_SIZE = 1000;

/** Clients in Directory, read and cached for at most a minute. Unknown ids are not cached: a new client works at once. */
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
