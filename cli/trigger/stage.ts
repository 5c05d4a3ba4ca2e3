import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { FaultName } from '../../local/aws/faults.ts';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { Refused } from '../command-line/failure.ts';
import type { AdminApi } from '../deployment/admin-api.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { ActingClient, byAssertion, bySecret } from './acting-client.ts';
import { ActingEndpoint, type EndpointAnswer } from './acting-endpoint.ts';
import { ActingPhone } from './acting-phone.ts';
import { expectAnswer } from './ending.ts';
import { LocalControls } from './local-controls.ts';
import { HIDDEN } from './shown.ts';
import { type Exchange, Wire } from './wire.ts';

/** A user of a scenario. */
export type TrialUser = { readonly sub: string; readonly email: string };
/** A user with a phone. */
export type TrialPerson = TrialUser & { readonly phone: ActingPhone };
/** Claims of a client assertion that replace the right ones. */
type Claims = Readonly<Record<string, unknown>>;
type Metadata = Readonly<Record<string, unknown>>;
/** A client with a key, and what it signs. */
export type KeyClient = {
  readonly client: ActingClient;
  readonly assertion: (claims?: Claims) => Promise<string>;
  readonly request: (parameters: Claims) => Promise<string>;
};

const ASSERTION_SECONDS = 60;
/** How long a fault lasts if this command dies before it ends the fault. */
const FAULT_SECONDS = 60;

/** Where a scenario is played: it makes a client, a user and a phone, and removes everything at the end. */
export class Stage {
  /** The beginning of all ids of this run. */
  readonly id: string;
  readonly deployment: Deployment;
  readonly wire: Wire;
  readonly #api: AdminApi;
  readonly #controls: LocalControls;
  readonly #over: AbortSignal;
  /** Removes what was made, in the order in which it was made. */
  readonly #removals: (() => Promise<unknown>)[] = [];
  #count = 0;

  constructor(name: string, { deployment, api, over }: { deployment: Deployment; api: AdminApi; over: AbortSignal }) {
    this.id = `trigger-${name}-${randomBytes(4).toString('hex')}`;
    this.deployment = deployment;
    this.wire = new Wire(deployment, over);
    this.#over = over;
    this.#api = api;
    this.#controls = new LocalControls(deployment);
  }

  get issuer(): string {
    return `${this.deployment.origin}/`;
  }

  /** Registers a client with a secret. */
  async client(metadata: Metadata = {}): Promise<ActingClient> {
    const { id, secret } = await this.#register({ token_endpoint_auth_method: 'client_secret_basic', ...metadata });
    return new ActingClient(id, this.wire, async () => bySecret(id, secret));
  }

  /**
   * Registers a client with a key. `assertion` also signs wrong claims; `request` signs the parameters of a request.
   */
  async keyClient(metadata: Metadata = {}): Promise<KeyClient> {
    const { exportJWK, generateKeyPair, SignJWT } = await import('jose');
    const { publicKey, privateKey } = await generateKeyPair('ES256');
    const jwk = { ...(await exportJWK(publicKey)), kid: 'trial', alg: 'ES256', use: 'sig' };
    const method = { token_endpoint_auth_method: 'private_key_jwt' };
    const { id } = await this.#register({ ...method, ...metadata, jwks: { keys: [jwk] } });
    const signed = (claims: Claims): Promise<string> => {
      const iat = Math.floor(Date.now() / 1000);
      const right = { iss: id, aud: this.issuer, iat, exp: iat + ASSERTION_SECONDS, jti: crypto.randomUUID() };
      return new SignJWT({ ...right, ...claims }).setProtectedHeader({ alg: 'ES256', kid: 'trial' }).sign(privateKey);
    };
    const assertion = (claims: Claims = {}) => signed({ sub: id, ...claims });
    const request = (parameters: Claims) => signed({ nbf: Math.floor(Date.now() / 1000), ...parameters });
    return { client: new ActingClient(id, this.wire, async () => byAssertion(await assertion())), assertion, request };
  }

  /** Creates a user without a phone. */
  async user(): Promise<TrialUser> {
    this.wire.checkGoesOn();
    const sub = this.#next();
    const email = `${sub}@trial.example`;
    await this.#api.call('POST /admin/users', { parameters: {}, body: { sub, email, name: 'User of a trial' } });
    this.#removals.push(() => this.#forget(sub));
    return { sub, email };
  }

  /** Creates a user with a phone. */
  async person(): Promise<TrialPerson> {
    const user = await this.user();
    return { ...user, phone: await this.phone(user) };
  }

  /** Enrols a phone for a user. */
  async phone(user: TrialUser): Promise<ActingPhone> {
    return ActingPhone.enrol(await this.ticket(user), this.#next(), this.wire);
  }

  /** Makes a ticket, with which a phone can enrol. */
  async ticket({ sub }: TrialUser): Promise<string> {
    this.wire.checkGoesOn();
    return (await this.#api.call('POST /admin/users/{sub}/tickets', { parameters: { sub } })).body.uri;
  }

  /** Enrols a phone with a ticket, and returns how that was answered. */
  enrolment(ticketUri: string, pushToken = this.#next()): Promise<Exchange> {
    return ActingPhone.enrolment(ticketUri, pushToken, this.wire);
  }

  /** Makes a new secret for a client, which ends the old one. */
  async newSecret({ id }: ActingClient): Promise<void> {
    await this.#api.call('PATCH /admin/clients/{client_id}', {
      parameters: { client_id: id },
      body: { new_secret: true },
    });
    this.#operated('PATCH /admin/clients/{client_id}', { new_secret: 'true' }, 200);
  }

  async setUserCode({ sub }: TrialUser, user_code: string): Promise<void> {
    await this.#api.call('PUT /admin/users/{sub}/user-code', { parameters: { sub }, body: { user_code } });
    this.#operated('PUT /admin/users/{sub}/user-code', { user_code: HIDDEN }, 204);
  }

  async block({ sub }: TrialUser): Promise<void> {
    await this.#api.call('PATCH /admin/users/{sub}', { parameters: { sub }, body: { blocked: true } });
    this.#operated('PATCH /admin/users/{sub}', { blocked: 'true' }, 200);
  }

  async removeUser({ sub }: TrialUser): Promise<void> {
    await this.#api.call('DELETE /admin/users/{sub}', { parameters: { sub } });
    this.#operated('DELETE /admin/users/{sub}', {}, 204);
  }

  async removePhone({ sub }: TrialUser, { identity: { deviceId } }: ActingPhone): Promise<void> {
    const parameters = { sub, device_id: deviceId };
    await this.#api.call('DELETE /admin/users/{sub}/devices/{device_id}', { parameters });
    this.#operated('DELETE /admin/users/{sub}/devices/{device_id}', {}, 204);
  }

  /** Lets AWS fail in calls about these ids, until `end`, the end of the scenario, or the end of these seconds. */
  async fault(
    fault: FaultName,
    about: readonly string[],
    seconds = FAULT_SECONDS,
  ): Promise<{ end: () => Promise<void> }> {
    this.wire.checkGoesOn();
    const id = await this.#controls.beginFault(fault, about, seconds);
    const end = () => this.#controls.endFault(id);
    this.#removals.push(end);
    return { end };
  }

  async rotateKeys(): Promise<void> {
    await this.#controls.changeKeys({ action: 'rotate' });
    this.#operated('POST /local/keys', { action: 'rotate' }, 200);
  }

  async revokeKey(kid: string): Promise<void> {
    await this.#controls.changeKeys({ action: 'revoke', kid });
    this.#operated('POST /local/keys', { action: 'revoke', kid }, 200);
  }

  /** Waits, unless somebody presses Ctrl-C. */
  async wait(seconds: number): Promise<void> {
    await pause(seconds * 1000, undefined, { signal: this.#over }).catch(() => undefined);
    this.wire.checkGoesOn();
  }

  /** Fetches the key set, and says which of these tokens it verifies. */
  async verify(...tokens: readonly string[]): Promise<{ exchange: Exchange; holds: readonly boolean[] }> {
    const { createLocalJWKSet, jwtVerify } = await import('jose');
    const exchange = expectAnswer(await this.wire.send('client', { method: 'GET', path: PATHS.jwks }), { status: 200 });
    const { keys } = exchange.answer;
    const keySet = createLocalJWKSet({ keys: Array.isArray(keys) ? keys : [] });
    const checked = tokens.map((token) =>
      jwtVerify(token, keySet, { issuer: this.issuer }).then(
        () => true,
        () => false,
      ),
    );
    return { exchange, holds: await Promise.all(checked) };
  }

  /** Starts a notification endpoint, and registers a client for it, in ping or in push mode. */
  async notified(
    mode: 'ping' | 'push',
    ...answers: readonly EndpointAnswer[]
  ): Promise<{ client: ActingClient; endpoint: ActingEndpoint }> {
    const endpoint = await ActingEndpoint.start(this.deployment, this.wire, answers);
    this.#removals.push(async () => endpoint.close());
    const address = { backchannel_client_notification_endpoint: endpoint.url };
    return { client: await this.client({ backchannel_token_delivery_mode: mode, ...address }), endpoint };
  }

  /** Removes everything that the scenario made, last first. Throws at the end if something could not be removed. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const remove of this.#removals.reverse()) await remove().catch((error: unknown) => errors.push(error));
    const [error] = errors;
    if (error === undefined) return;
    if (!(error instanceof Refused)) throw error;
    throw new Refused(
      `Not everything that the scenario made could be removed. ${error.message}`,
      `The ids of what is left begin with ${this.id}: ciba client delete, ciba user erase.`,
    );
  }

  async #register(metadata: Metadata): Promise<{ id: string; secret: string }> {
    this.wire.checkGoesOn();
    const client_id = this.#next();
    const body = { client_id, client_name: `Trial ${client_id}`, ...metadata };
    const registered = await this.#api.call('POST /admin/clients', { parameters: {}, body });
    this.#removals.push(() => this.#api.find('DELETE /admin/clients/{client_id}', { parameters: { client_id } }));
    return { id: client_id, secret: String(registered.body.client_secret ?? '') };
  }

  /** Erases a user on this machine. On a deployment not every operator may erase, so the user is deleted. */
  async #forget(sub: string): Promise<void> {
    const parameters = { sub };
    if (this.deployment.isLocal) await this.#api.find('POST /admin/users/{sub}/erase', { parameters });
    else await this.#api.find('DELETE /admin/users/{sub}', { parameters });
  }

  #operated(route: string, sent: Exchange['sent'], status: number): void {
    const [method = '', path = ''] = route.split(' ');
    this.wire.add({ by: 'operator', method, path, sent, laterSeconds: 0, status, answer: {} });
  }

  #next(): string {
    this.#count += 1;
    return `${this.id}-${this.#count}`;
  }
}
