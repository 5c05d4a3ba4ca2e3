import type { ClientView } from '../../provider/core/client/client-view.ts';
import type { AdminApi } from './admin-api.ts';

/** Reads all clients, page by page. `json` is the API's own answer if there is only one page. */
export async function allClients(api: AdminApi): Promise<{ json: string; clients: readonly ClientView[] }> {
  const clients: ClientView[] = [];
  let after: string | undefined;
  let json: string;
  do {
    const page = await api.call('GET /admin/clients', { parameters: {}, query: { after } });
    clients.push(...page.body.clients);
    json = page.json;
    const isOnly = after === undefined && page.body.next === undefined;
    if (isOnly) return { json, clients };
    after = page.body.next;
  } while (after !== undefined);
  return { json: JSON.stringify({ clients }), clients };
}
