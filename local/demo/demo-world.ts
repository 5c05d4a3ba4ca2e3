import * as v from 'valibot';
import { requestIdOf } from '../../provider/core/digest.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { StartError } from '../runtime/start-error.ts';
import { DemoEndpoint } from './demo-endpoint.ts';
import { type Decision, Phone, phoneIdentity } from './phone.ts';
import type { Seed } from './seed-file.ts';
import { TrialClients } from './trial-clients.ts';

/** A seeded client with its secret, which the runtime knows because it created the client. */
const seededClient = v.object({
  token_endpoint_auth_method: v.string(),
  client_id: v.string(),
  client_name: v.string(),
  client_secret: v.optional(v.string()),
});
export type SeededClient = Readonly<v.InferOutput<typeof seededClient>>;
/** A seeded user with a `login_hint` that a client can send. */
const seededUser = v.object({ sub: v.string(), login_hint: v.string(), name: v.optional(v.string()) });
export type SeededUser = Readonly<v.InferOutput<typeof seededUser>>;
const keptWorld = v.object({
  clients: v.array(seededClient),
  users: v.array(seededUser),
  phones: v.array(phoneIdentity),
});
/** A client or user of a seed, and its path there. */
type Seeded = { readonly place: string; readonly entry: object };
type Kept = v.InferOutput<typeof keptWorld>;

// The members of the admin API's answers (docs/admin-api.md) that are used here.
const userAnswer = v.object({
  sub: v.string(),
  name: v.optional(v.string()),
  email: v.optional(v.string()),
  phone_number: v.optional(v.string()),
  preferred_username: v.optional(v.string()),
});
const blocksAnswer = v.object({
  blocks: v.array(v.object({ client_id: v.string(), reported_at: v.optional(v.number()) })),
});
const ticketAnswer = v.object({ ticket: v.string(), uri: v.string() });
const refusedAnswer = v.object({ error_description: v.optional(v.string()) });

/** The seeded clients, users and phones. Those of an earlier run are reused and not created again. */
export class DemoWorld {
  readonly #runtime: Runtime;
  readonly #kept: Kept;
  /** The notification endpoint of clients that the demo page plays. */
  readonly endpoint: DemoEndpoint;
  /** Clients that the demo page and the examples make for themselves. */
  readonly trialClients: TrialClients;
  /** Whether clients and users are being created just now. */
  isSeeding = false;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.endpoint = new DemoEndpoint(runtime);
    this.trialClients = new TrialClients(runtime, this.endpoint);
    this.#kept = runtime.state.read('demo', keptWorld) ?? { clients: [], users: [], phones: [] };
  }

  get clients(): readonly SeededClient[] {
    return this.#kept.clients;
  }

  get users(): readonly SeededUser[] {
    return this.#kept.users;
  }

  /** Where the provider is reached without TLS, and without the name of its issuer. */
  get #address(): string {
    return `${this.#runtime.plainUrl}/`;
  }

  /** Creates the clients, users and phones of a seed through the admin API and the device API. */
  async createFrom(seed: Seed): Promise<void> {
    this.isSeeding = true;
    for (const [index, client] of seed.clients.entries()) await this.#createClient(client, `clients[${index}]`);
    for (const [index, user] of seed.users.entries()) await this.#createUser(user, `users[${index}]`);
    this.#runtime.state.write('demo', this.#kept);
    this.isSeeding = false;
  }

  /** Makes an enrolment ticket for the user whom a login hint names; undefined if it names none. */
  async ticketFor(loginHint: string): Promise<{ ticket: string; uri: string } | undefined> {
    const user = await this.#find(loginHint);
    return user && this.#makeTicket(user.sub);
  }

  /** Finds the user whom a login hint names, and whether they have reported a client; undefined if it names none. */
  async personFor(
    loginHint: string,
    clientId: string,
  ): Promise<{ sub: string; name?: string | undefined; is_reported: boolean } | undefined> {
    const user = await this.#find(loginHint);
    if (!user) return undefined;
    const response = await fetch(`${this.#runtime.plainUrl}/admin/users/${encodeURIComponent(user.sub)}/blocks`);
    const { blocks } = v.parse(blocksAnswer, await response.json());
    const is_reported = blocks.some((block) => block.client_id === clientId && block.reported_at !== undefined);
    return { sub: user.sub, name: user.name, is_reported };
  }

  /** Answers a request with its seeded phone, through the device API; undefined if the request is for none of them. */
  async decide(authReqId: string, decision: Decision): Promise<Response | undefined> {
    const requestId = requestIdOf(authReqId);
    for (const identity of this.#kept.phones) {
      const phone = new Phone(identity, () => this.#runtime.now(), this.#address);
      const read = await phone.read(requestId).catch(() => undefined);
      if (read) return phone.answer(requestId, read.bytes, decision);
    }
    return undefined;
  }

  async #find(loginHint: string): Promise<v.InferOutput<typeof userAnswer> | undefined> {
    const found = await fetch(`${this.#runtime.plainUrl}/admin/users/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ login_hint: loginHint }),
    });
    return found.ok ? v.parse(userAnswer, await found.json()) : undefined;
  }

  async #createClient(client: Seed['clients'][number], place: string): Promise<void> {
    if (this.#kept.clients.some((known) => known.client_id === client.client_id)) return;
    this.#kept.clients.push(v.parse(seededClient, await this.#admin('clients', { place, entry: client })));
  }

  async #createUser({ devices, ...profile }: Seed['users'][number], place: string): Promise<void> {
    if (this.#kept.users.some((known) => known.sub === profile.sub)) return;
    const made = v.parse(userAnswer, await this.#admin('users', { place, entry: profile }));
    const iss = `${this.#runtime.url}/`;
    const named = made.email ?? made.phone_number ?? made.preferred_username;
    const login_hint = named ?? JSON.stringify({ format: 'iss_sub', iss, sub: profile.sub });
    this.#kept.users.push({ sub: profile.sub, login_hint, name: made.name });
    for (const { name } of devices) {
      const { uri } = await this.#makeTicket(profile.sub);
      const phone = await Phone.enrol(uri, {
        name,
        pushToken: `seeded-${profile.sub}-${this.#kept.phones.length}`,
        hasTwoKeys: true,
        now: () => this.#runtime.now(),
        at: this.#address,
      });
      this.#kept.phones.push(phone.identity);
    }
  }

  async #makeTicket(sub: string): Promise<{ ticket: string; uri: string }> {
    return v.parse(ticketAnswer, await this.#admin(`users/${encodeURIComponent(sub)}/tickets`));
  }

  async #admin(path: string, seeded?: Seeded): Promise<unknown> {
    const response = await fetch(`${this.#runtime.plainUrl}/admin/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(seeded && { body: JSON.stringify(seeded.entry) }),
    });
    const answer = await response.json();
    if (response.ok) return answer;
    const { error_description: why } = v.parse(refusedAnswer, answer);
    throw new StartError(`the seed was refused at ${seeded?.place ?? path}: ${why}`);
  }
}
