import type { Client } from '../../../core/client/client.ts';
import type { Key, Stored } from '../table.ts';

// How a client looks in Directory.

/** The client as JSON, so that one more member is no change of format. */
export type ClientForm = { readonly client: string };
/**
 * What every stored client has. Clients that were stored before a member came are read without it, so later members are
 * optional: one that is not does not compile.
 */
type StoredClient = Pick<
  Client,
  | 'clientId'
  | 'name'
  | 'credential'
  | 'grantTypes'
  | 'deliveryMode'
  | 'scopes'
  | 'scopeDescriptions'
  | 'audiences'
  | 'idTokenAlgorithm'
  | 'accessTokenAlgorithm'
>;
/** A client's name in the list of all. */
export type ListedForm = object;

/** The partition that lists all clients, in the order of their ids. */
export const CLIENT_LIST = 'CLIENT#';

export const clientKey = (clientId: string): Key<ClientForm> => ({ pk: `CLIENT#${clientId}`, sk: 'CLIENT' });
export const listedKey = (clientId: string): Key<ListedForm> => ({ pk: CLIENT_LIST, sk: clientId });

/** The text that a stored client is guarded by when it is replaced. */
export const clientText = (client: Client): string => JSON.stringify(client);

export function clientItem(client: Client): Key<ClientForm> & ClientForm {
  return { ...clientKey(client.clientId), client: clientText(client) };
}

export function clientFrom(item: Stored<ClientForm>): Client {
  const stored: StoredClient = JSON.parse(item.client);
  return stored;
}
