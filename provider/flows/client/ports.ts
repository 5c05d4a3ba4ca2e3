import type { Client } from '../../core/client/client.ts';

/** Registered clients, read. */
export interface Clients {
  /** The client, or undefined when none has this id. May be up to 60 s old. */
  find(clientId: string): Promise<Client | undefined>;
}
