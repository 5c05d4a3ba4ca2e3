import * as v from 'valibot';
import type { Deployment } from '../deployment/deployment.ts';
import { callProvider } from '../deployment/provider-call.ts';

const seededClient = v.object({
  client_id: v.string(),
  token_endpoint_auth_method: v.string(),
  client_secret: v.optional(v.string()),
});
const seeded = v.object({ client_id: v.optional(v.string()), clients: v.array(seededClient) });

/** A client of the local runtime whose secret the runtime tells, because it exists on this machine only. */
export type SeededClient = { readonly clientId: string; readonly secret: string; readonly place: 'basic' | 'post' };

/** Finds a seeded client of the local runtime by its id, or the one of the demo. Undefined if there is none. */
export async function findSeededClient(deployment: Deployment, clientId?: string): Promise<SeededClient | undefined> {
  if (!deployment.isLocal) return undefined;
  const response = await callProvider(deployment, '/local/demo');
  const told = v.safeParse(seeded, await response.json().catch(() => undefined));
  if (!told.success) return undefined;
  const wanted = clientId ?? told.output.client_id;
  const found = told.output.clients.find(({ client_id }) => client_id === wanted);
  if (found?.client_secret === undefined) return undefined;
  const place = found.token_endpoint_auth_method === 'client_secret_post' ? 'post' : 'basic';
  return { clientId: found.client_id, secret: found.client_secret, place };
}
