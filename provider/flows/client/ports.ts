import type { Client } from '../../core/client/client.ts';
import type { ProvenCredential } from '../../core/client/proven-credential.ts';
import type { KeyConfirmation } from '../../core/token/sender-constraint.ts';

/**
 * An authenticated client, the credential that it used, and the key that it proved to hold if its method proves one.
 * The client may come from a copy, so `credentialStands` must check the credential where tokens are issued.
 */
export type AuthenticatedClient = {
  readonly client: Client;
  readonly credential: ProvenCredential;
  readonly confirmation?: KeyConfirmation | undefined;
};

/**
 * A client as a function knows it. Undefined means that there is none with the id. `isCopy`: it was not read for this
 * call, but up to 60 s ago.
 */
export type KnownClient = { readonly client: Client | undefined; readonly isCopy: boolean };

/** Reads registered clients. */
export interface Clients {
  /** Returns the client as this function knows it. */
  find(clientId: string): Promise<KnownClient>;
  /**
   * Reads the client anew after a credential failed against a copy. Undefined if it was no copy, or if credentials
   * failed for this id too often: then the failure stands. It makes as many reads for an unknown id as for a client's.
   */
  findAgain(clientId: string, known: KnownClient): Promise<KnownClient | undefined>;
  /** Returns the client as it is stored now. Undefined if there is none. */
  findAnew(clientId: string): Promise<Client | undefined>;
}

/** The addresses at which clients may be called. */
export interface NotificationAddresses {
  /** Returns whether the host of a URL is an IP address that is never called. A name is never forbidden here. */
  isForbidden(url: string): boolean;
}

/** Clients, as the operator manages them. */
export interface ClientRegistry {
  /**
   * Stores a new client. `id_taken`: the client id is another client's, or an audience. `name_taken`: another client
   * has a name that looks the same. `audience_taken`: one of its audiences is the id of a client.
   */
  create(client: Client): Promise<'written' | 'id_taken' | 'name_taken' | 'audience_taken'>;
  /**
   * Replaces the client that was read. `changed`: it was removed or has changed since. `unclear`: it has changed since,
   * and perhaps this call replaced it before that. If so, whoever came later may have undone the change on purpose.
   * `name_taken` and `audience_taken` as at the creation: nothing is changed.
   */
  replace(client: Client, before: Client): Promise<'written' | 'changed' | 'unclear' | 'name_taken' | 'audience_taken'>;
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
