import { createHash } from 'node:crypto';
import { StartError } from '../runtime/options.ts';
import type { Runtime } from '../runtime/runtime.ts';
import { Phone, type PhoneIdentity } from './phone.ts';
import type { Seed } from './seed-file.ts';

/** A client with its secret, known here because it was made here. */
export type SeededClient = {
  readonly token_endpoint_auth_method: string;
  readonly client_id: string;
  readonly client_name: string;
  readonly client_secret?: string | undefined;
};
/** A user with something a client can send as `login_hint`. */
export type SeededUser = { readonly sub: string; readonly login_hint: string };
type Kept = { clients: SeededClient[]; users: SeededUser[]; phones: PhoneIdentity[] };

/** The clients, users and phones that were seeded. State of an earlier run is found again, never made twice. */
export class DemoWorld {
  readonly #runtime: Runtime;
  readonly #kept: Kept;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    this.#kept = runtime.state.read<Kept>('demo') ?? { clients: [], users: [], phones: [] };
  }

  get clients(): readonly SeededClient[] {
    return this.#kept.clients;
  }

  get users(): readonly SeededUser[] {
    return this.#kept.users;
  }

  /** Seeds through the admin API and the device API, as an operator and a phone would. */
  async plant(seed: Seed): Promise<void> {
    for (const client of seed.clients) await this.#plantClient(client);
    for (const user of seed.users) await this.#plantUser(user);
    this.#runtime.state.write('demo', this.#kept);
  }

  /** Makes an enrolment ticket for whom a login hint names. */
  async ticketFor(loginHint: string): Promise<{ ticket: string; uri: string } | undefined> {
    const found = await fetch(`${this.#runtime.url}/admin/users?login_hint=${encodeURIComponent(loginHint)}`);
    if (!found.ok) return undefined;
    const { sub } = (await found.json()) as { sub: string };
    const { ticket, uri } = (await this.#admin(`users/${encodeURIComponent(sub)}/tickets`, undefined)) as {
      ticket: string;
      uri: string;
    };
    return { ticket, uri };
  }

  /** The seeded phone answers a request by the device API; undefined when the request is for none of them. */
  async decide(authReqId: string, decision: 'approve' | 'deny'): Promise<Response | undefined> {
    const requestId = createHash('sha256').update(authReqId).digest('base64url');
    for (const identity of this.#kept.phones) {
      const phone = new Phone(identity, () => this.#runtime.now());
      const read = await phone.read(requestId).catch(() => undefined);
      if (read) return phone.answer(requestId, read.bytes, decision);
    }
    return undefined;
  }

  async #plantClient(client: Seed['clients'][number]): Promise<void> {
    if (this.#kept.clients.some((known) => known.client_id === client.client_id)) return;
    const made = (await this.#admin('clients', client)) as SeededClient;
    this.#kept.clients.push({
      token_endpoint_auth_method: made.token_endpoint_auth_method,
      client_id: made.client_id,
      client_name: made.client_name,
      client_secret: made.client_secret,
    });
  }

  async #plantUser({ devices, ...profile }: Seed['users'][number]): Promise<void> {
    if (this.#kept.users.some((known) => known.sub === profile.sub)) return;
    const made = (await this.#admin('users', profile)) as Record<string, string>;
    const iss = `${this.#runtime.url}/`;
    const named = made['email'] ?? made['phone_number'] ?? made['preferred_username'];
    const login_hint = named ?? JSON.stringify({ format: 'iss_sub', iss, sub: profile.sub });
    this.#kept.users.push({ sub: profile.sub, login_hint });
    for (const { name } of devices) {
      const { uri } = (await this.#admin(`users/${encodeURIComponent(profile.sub)}/tickets`, undefined)) as {
        uri: string;
      };
      const phone = await Phone.enrol(uri, {
        name,
        pushToken: `seeded-${profile.sub}-${this.#kept.phones.length}`,
        now: () => this.#runtime.now(),
      });
      this.#kept.phones.push(phone.identity);
    }
  }

  async #admin(path: string, body: unknown): Promise<unknown> {
    const response = await fetch(`${this.#runtime.url}/admin/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as { error_description?: string };
    if (!response.ok)
      throw new StartError(`the seed was refused (${path}, ${nameOf(body)}): ${answer.error_description}`);
    return answer;
  }
}

/** What an entry of a seed is called, for messages. */
function nameOf(body: unknown): string {
  const { client_id, sub } = (body ?? {}) as { client_id?: string; sub?: string };
  return client_id ?? sub ?? 'ticket';
}
