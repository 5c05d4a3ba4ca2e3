import type { Client } from '../../core/client/client.ts';
import type { KeyConfirmation } from '../../core/token/sender-constraint.ts';

/** An authenticated client, and the key that it proved to hold if its method proves one. */
export type AuthenticatedClient = { readonly client: Client; readonly confirmation?: KeyConfirmation | undefined };

/** Reads registered clients. */
export interface Clients {
  /** Returns the client, or undefined if there is none with this id. The answer may be up to 60 s old. */
  find(clientId: string): Promise<Client | undefined>;
}

/** Clients, as the operator manages them. */
export interface ClientRegistry {
  /** Stores a new client. False if the client id is taken. */
  create(client: Client): Promise<boolean>;
  /** Replaces the client that was read. False if it was removed or has changed since. */
  replace(client: Client, before: Client): Promise<boolean>;
  /** Removes the client. False if there was none. */
  remove(clientId: string): Promise<boolean>;
  /** Returns the client as it is stored now. */
  find(clientId: string): Promise<Client | undefined>;
  /** Returns a page in the order of the ids. `next` is where the following page begins. */
  list(page: {
    after?: string | undefined;
    limit: number;
  }): Promise<{ clients: readonly Client[]; next?: string | undefined }>;
}
