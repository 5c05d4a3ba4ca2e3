import type { Client } from '../../../core/client/client.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a client in Directory.

/** A client. */
export type ClientForm = {
  /** Made when the client was created. */
  readonly registration_id: string;
  /** How many writes the client has had. It guards a change that was read before another one. */
  readonly revision: number;
  /** The other members as JSON. An additional member does not change the stored format. */
  readonly client: string;
};
/** What is stored under the key of a client that must not exist, because its id is an audience of another client. */
export type ReservedForm = { readonly reserved: 'audience'; readonly client?: undefined };
/** What is stored under the key of a client. */
export type ClientKeyForm = ClientForm | ReservedForm;
/**
 * The members that every stored client has. A client that was stored before a member was introduced is read without it,
 * so every later member is optional. A later member that is not optional does not compile.
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
/** A client's entry in the list of all clients. */
export type ListedForm = object;

/** The partition that lists all clients, in the order of their ids. */
export const CLIENT_LIST = 'CLIENT#';

export const clientKey = (clientId: string): Key<ClientKeyForm> => ({ pk: `CLIENT#${clientId}`, sk: 'CLIENT' });
export const listedKey = (clientId: string): Key<ListedForm> => ({ pk: CLIENT_LIST, sk: clientId });

export function reservedItem(audience: string): Key<ClientKeyForm> & ReservedForm {
  return { ...clientKey(audience), reserved: 'audience' };
}

export function clientItem(client: Client, revision: number): Key<ClientKeyForm> & ClientForm {
  const { registrationId, revision: _replaced, ...members } = client;
  const text = JSON.stringify(members);
  return { ...clientKey(client.clientId), registration_id: registrationId, revision, client: text };
}

/** Returns the client. Undefined if the item only reserves an audience. */
export function clientFrom(item: Stored<ClientKeyForm>): Client | undefined {
  if (item.client === undefined) return undefined;
  const stored: StoredClient = JSON.parse(item.client);
  return { ...stored, registrationId: item.registration_id, revision: item.revision };
}
