import type { Client } from '../../../provider/core/client/client.ts';
import { type Profile, STANDARD_PROFILE } from '../../../provider/core/client/profile.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { ClientCall } from '../../../provider/flows/client/authentication/method.ts';
import type { ClientRegistry, Clients } from '../../../provider/flows/client/ports.ts';
import type { Note } from '../../../provider/flows/ports.ts';
import { CLIENT, ISSUER } from '../../core/given.ts';
import type { Journal } from './journal.ts';

/** A client with the secret `s3cret`. */
export const BANK: Client = {
  ...CLIENT,
  credential: { method: 'client_secret_basic', secretHash: sha256('s3cret') },
};

/** What keeps a client from being stored as it is: its audiences, or a name that another client has. */
function takenIn(stored: ReadonlyMap<string, Client>, { clientId, name, audiences }: Client) {
  if (audiences.some((audience) => stored.has(audience))) return 'audience_taken';
  const others = [...stored.values()].filter((other) => other.clientId !== clientId);
  return others.some((other) => other.name === name) ? 'name_taken' : undefined;
}

/** Registered clients. */
export function clientsIn(journal: Journal, given: readonly Client[], different: Partial<Profile> = {}) {
  const stored = new Map(given.map((client) => [client.clientId, client]));
  const find = async (clientId: string): Promise<Client | undefined> => {
    journal.begin(`find client ${clientId}`);
    return stored.get(clientId);
  };
  const copies = new Map<string, Client | undefined>();
  const clients: Clients = journal.port({
    find: async (clientId) =>
      copies.has(clientId)
        ? { client: copies.get(clientId), isCopy: true }
        : { client: await find(clientId), isCopy: false },
    findAgain: async (clientId, { isCopy }) => (isCopy ? { client: await find(clientId), isCopy: false } : undefined),
    findAnew: async (clientId) => {
      journal.begin(`find client ${clientId} anew`);
      return stored.get(clientId);
    },
  });
  /** The function knows the client as it is now, and does not read it until a credential fails. */
  const copy = (clientId: string) => copies.set(clientId, stored.get(clientId));
  /** Whether a write that comes too late may have been made before, because its answer was lost. */
  const isRepeated = { now: false };
  const clientRegistry: ClientRegistry = journal.port({
    find,
    create: async (client) => {
      journal.begin(`create client ${client.clientId}`);
      const taken = takenIn(stored, client);
      if (taken) return taken;
      if (stored.has(client.clientId)) return 'id_taken';
      stored.set(client.clientId, client);
      return 'written';
    },
    replace: async (client, before) => {
      journal.begin(`replace client ${client.clientId}`);
      const taken = takenIn(stored, client);
      if (taken) return taken;
      if (stored.get(client.clientId) !== before) return isRepeated.now ? 'unclear' : 'changed';
      stored.set(client.clientId, client);
      return 'written';
    },
    remove: async (clientId) => {
      journal.begin(`remove client ${clientId}`);
      return stored.delete(clientId);
    },
    list: async ({ after = '', limit }) => {
      journal.begin(`list ${limit} clients after "${after}"`);
      const following = [...stored.values()].filter(({ clientId }) => clientId > after);
      const page = following.slice(0, limit);
      return { clients: page, ...(following.length > limit && { next: page.at(-1)?.clientId }) };
    },
  });
  const profile: Profile = { ...STANDARD_PROFILE, ...different };
  return { stored, clients, copy, clientRegistry, isRepeated, profile };
}

export const basic = (clientId: string, secret: string): string =>
  `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}`;

/** A call of a client, with one value for each parameter or several; as the bank, unless it says otherwise. */
export function clientCall(
  note: Note,
  form: Record<string, string | string[]>,
  authorization: string | undefined = basic('bank', 's3cret'),
): ClientCall {
  return {
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value].flat()])),
    headers: { authorization },
    url: `${ISSUER}token`,
    certificate: undefined,
    correlationId: 'JKJaXmPLvHcESHA=',
    note,
  };
}
