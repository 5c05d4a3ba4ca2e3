import type { Client } from '../../core/client/client.ts';
import type { KeyConfirmation } from '../../core/token/sender-constraint.ts';

/** A client that proved who it is, and the key that it proved to hold where its method has one. */
export type AuthenticatedClient = { readonly client: Client; readonly confirmation?: KeyConfirmation | undefined };

/** Registered clients, read. */
export interface Clients {
  /** The client, or undefined when none has this id. May be up to 60 s old. */
  find(clientId: string): Promise<Client | undefined>;
}

/** Clients as the operator manages them. */
export interface ClientRegistry {
  /** False when the client id is taken. */
  create(client: Client): Promise<boolean>;
  /** Replaces the client as it was read; false when it is gone or changed since. */
  replace(client: Client, before: Client): Promise<boolean>;
  /** False when there was none. */
  remove(clientId: string): Promise<boolean>;
  /** The client as it stands now. */
  find(clientId: string): Promise<Client | undefined>;
  /** A page in the order of the ids; `next` is where the following page begins. */
  list(page: {
    after?: string | undefined;
    limit: number;
  }): Promise<{ clients: readonly Client[]; next?: string | undefined }>;
}
