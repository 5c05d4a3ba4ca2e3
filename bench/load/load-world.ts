import { setTimeout as pause } from 'node:timers/promises';
import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import * as v from 'valibot';
import { Phone } from '../../local/demo/phone.ts';
import { basic, type TestClient } from '../../test/support/world.ts';
import { Arrivals } from './arrivals.ts';
import type { PingEndpoint } from './ping-endpoint.ts';
import type { ProviderProcess } from './provider-process.ts';

/** An answer of the provider. */
export type WireAnswer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };
/** A person with one phone. */
export type LoadPerson = { readonly sub: string; readonly email: string; readonly phone: Phone };
/** A client with its delivery mode. */
export type LoadClient = TestClient & { readonly mode: 'poll' | 'ping' };

/** Each client has a name of its own, because a name that another client has is refused. */
const CLIENTS = [
  ['Harbor Bank', 'poll'],
  ['Northwind Travel', 'ping'],
  ['City Bikes', 'poll'],
  ['Call Centre', 'ping'],
] as const;
/** How many people there are for so many logins. Each logs in many times. */
const LOGINS_PER_PERSON = 40;
/** The pause before a call is made again, after the provider failed or was not there. */
const AGAIN_MILLISECONDS = 250;

const answerBody = v.record(v.string(), v.unknown());
const keySet = v.object({ keys: v.array(v.looseObject({ kty: v.string() })) });

/** The clients and people of a load test, and how they call the provider. */
export class LoadWorld {
  readonly pushes = new Arrivals();
  readonly pings = new Arrivals();
  readonly clients: LoadClient[] = [];
  readonly people: LoadPerson[] = [];
  #provider: ProviderProcess | undefined;
  #keys: JWTVerifyGetKey | undefined;

  get provider(): ProviderProcess {
    if (!this.#provider) throw new Error('the provider was not started');
    return this.#provider;
  }

  /** Verifies signatures with the published keys. */
  get keys(): JWTVerifyGetKey {
    if (!this.#keys) throw new Error('the keys were not read');
    return this.#keys;
  }

  get issuer(): string {
    return `${this.provider.url}/`;
  }

  /** Registers four clients, half of them in ping mode, and enrols a phone for each person. */
  async populate(provider: ProviderProcess, endpoint: PingEndpoint, logins: number): Promise<void> {
    this.#provider = provider;
    const { keys } = v.parse(keySet, (await this.#call('/.well-known/jwks.json')).body);
    this.#keys = createLocalJWKSet({ keys });
    for (const [client_name, mode] of CLIENTS) {
      const ping = {
        backchannel_token_delivery_mode: mode,
        backchannel_client_notification_endpoint: endpoint.url,
      };
      const registration = {
        client_name,
        token_endpoint_auth_method: 'client_secret_basic',
        ...(mode === 'ping' && ping),
      };
      const made = await this.#admin('clients', registration);
      this.clients.push({ client_id: String(made['client_id']), client_secret: String(made['client_secret']), mode });
    }
    const count = Math.max(5, Math.ceil(logins / LOGINS_PER_PERSON));
    for (let number = 0; number < count; number += 1) this.people.push(await this.#person(number));
  }

  /** Posts a form as a client; undefined if no answer came. */
  async post(path: string, client: TestClient, form: Record<string, string>): Promise<WireAnswer | undefined> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(client) };
    const body = new URLSearchParams(form).toString();
    return this.#call(path, { method: 'POST', headers, body }).catch(() => undefined);
  }

  async #person(number: number): Promise<LoadPerson> {
    const email = `person${number}@example.com`;
    const sub = String((await this.#admin('users', { email }))['sub']);
    const { uri } = await this.#admin(`users/${encodeURIComponent(sub)}/tickets`, undefined);
    const own = { name: 'A phone', pushToken: `load-${number}`, now: () => Math.floor(Date.now() / 1000) };
    return { sub, email, phone: await Phone.enrol(String(uri), own) };
  }

  async #admin(path: string, sent: unknown): Promise<WireAnswer['body']> {
    const headers = { 'content-type': 'application/json' };
    const body = sent === undefined ? null : JSON.stringify(sent);
    const answer = await this.#call(`/admin/${path}`, { method: 'POST', headers, body });
    if (answer.status >= 300) throw new Error(`POST /admin/${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  async #call(path: string, init: RequestInit = {}): Promise<WireAnswer> {
    const response = await fetch(this.provider.url + path, init);
    const text = await response.text();
    return { status: response.status, body: text.startsWith('{') ? v.parse(answerBody, JSON.parse(text)) : {} };
  }
}

/** Whether an answer says that the same call may succeed later: a throttle, or a failure of the provider. */
export const isPassing = (status: number): boolean => status === 429 || status >= 500;

/** Does something again and again until it returns a value, or until `until` (milliseconds since 1970). */
export async function patiently<Value>(
  until: number,
  attempt: () => Promise<Value | undefined>,
): Promise<Value | undefined> {
  while (Date.now() < until) {
    const value = await attempt();
    if (value !== undefined) return value;
    await pause(AGAIN_MILLISECONDS);
  }
  return undefined;
}
