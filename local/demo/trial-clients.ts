import * as v from 'valibot';
import type { Runtime } from '../runtime/runtime.ts';
import type { DemoEndpoint } from './demo-endpoint.ts';

const members = v.record(v.string(), v.unknown());
/** A client to make: as a seeded one, but for these members of its registration. */
export const trialClientOrder = v.strictObject({
  like: v.string(),
  client_id: v.pipe(v.string(), v.regex(/^[\w-]{1,80}$/)),
  metadata: members,
});
type TrialClientOrder = Readonly<v.InferOutput<typeof trialClientOrder>>;
/** What the admin API answered: the client with its secret, or an error. */
type Registered = { readonly status: number; readonly answer: Readonly<Record<string, unknown>> };

/** The members that a client takes over from the seeded one. */
const TAKEN_OVER = ['client_name', 'scope', 'scope_descriptions', 'audiences', 'default_audience'];

/**
 * Clients like seeded ones, with another registration, such as another way of delivery. The demo page and the examples
 * make them when they need them. Without an address, calls go to the endpoint of the demo page.
 */
export class TrialClients {
  readonly #runtime: Runtime;
  readonly #endpoint: DemoEndpoint;
  /** By client id: what was ordered, and what came of it. */
  readonly #made = new Map<string, { readonly order: string; readonly registered: Promise<Registered> }>();

  constructor(runtime: Runtime, endpoint: DemoEndpoint) {
    this.#runtime = runtime;
    this.#endpoint = endpoint;
  }

  /** Makes a client. The same order again returns the same client, and another order replaces it. */
  async make(order: TrialClientOrder): Promise<Registered> {
    const { client_id: id } = order;
    const wanted = JSON.stringify(order);
    const known = this.#made.get(id);
    if (known?.order === wanted) return known.registered;
    const registered = this.#register(order);
    this.#made.set(id, { order: wanted, registered });
    const { status } = await registered;
    if (status !== 201 && this.#made.get(id)?.order === wanted) this.#made.delete(id);
    return registered;
  }

  async #register({ like, client_id, metadata }: TrialClientOrder): Promise<Registered> {
    const seeded = await this.#admin('GET', like);
    if (seeded.status !== 200) return seeded;
    const taken = Object.entries(seeded.answer).filter(([name]) => TAKEN_OVER.includes(name));
    const isNotified = metadata['backchannel_token_delivery_mode'] !== undefined;
    const own = isNotified ? { backchannel_client_notification_endpoint: await this.#endpoint.url() } : {};
    // An earlier run with the same --data may have left one, whose secret nobody knows any more.
    await this.#admin('DELETE', client_id);
    const method = { token_endpoint_auth_method: 'client_secret_basic' };
    return this.#admin('POST', '', { ...Object.fromEntries(taken), client_id, ...method, ...own, ...metadata });
  }

  async #admin(method: string, clientId: string, body?: object): Promise<Registered> {
    const path = clientId === '' ? '' : `/${encodeURIComponent(clientId)}`;
    const response = await fetch(`${this.#runtime.plainUrl}/admin/clients${path}`, {
      method,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const answer = v.safeParse(members, await response.json().catch(() => undefined));
    return { status: response.status, answer: answer.success ? answer.output : {} };
  }
}
