import type { ClientView } from '../../provider/core/client/client-view.ts';
import type { AdminApi } from './admin-api.ts';

/** Which clients to read. */
type Selection = {
  /** The id after which the list begins. */
  readonly after?: string | undefined;
  /** The most clients to return. */
  readonly limit: number;
  /** The clients that count. The API returns all, so they are picked here. */
  readonly isWanted: (client: ClientView) => boolean;
};
/**
 * The selected clients. `json` has the API's own answer if nothing of it was left out and nothing added. `next` is the
 * id after which there may be more.
 */
type Selected = { readonly json: string; readonly clients: readonly ClientView[]; readonly next?: string | undefined };

/** Reads clients page by page, in the order of their ids, until there are enough. */
export async function selectClients(api: AdminApi, { after: first, limit, isWanted }: Selection): Promise<Selected> {
  const clients: ClientView[] = [];
  let after = first;
  for (;;) {
    const { json, body } = await api.call('GET /admin/clients', { parameters: {}, query: { after } });
    for (const [index, client] of body.clients.entries()) {
      if (!isWanted(client)) continue;
      clients.push(client);
      const isLast = index === body.clients.length - 1;
      if (clients.length < limit || (isLast && body.next === undefined)) continue;
      return made(clients, isLast ? body.next : client.client_id);
    }
    const isWhole = after === first && clients.length === body.clients.length;
    if (body.next === undefined) return isWhole ? { json, clients } : made(clients, undefined);
    after = body.next;
  }
}

function made(clients: readonly ClientView[], next: string | undefined): Selected {
  return { json: JSON.stringify({ clients, ...(next !== undefined && { next }) }), clients, next };
}

/** Reads all clients. */
export async function allClients(api: AdminApi): Promise<Selected> {
  return selectClients(api, { limit: Number.POSITIVE_INFINITY, isWanted: () => true });
}
