import { GetEndpointAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { expect } from 'vitest';
import { AdminApi } from '../../../cli/deployment/admin-api.ts';
import { readDeployment } from '../../../cli/deployment/deployment.ts';
import { Phone } from '../../../local/demo/phone.ts';
import { basic, CIBA_GRANT, requestIdOf, type TestClient } from '../world.ts';
import { CREDENTIALS, type DeployedStack, type EmulatedAccount } from './account.ts';
import type { Emulator } from './emulator.ts';

/** A user with one phone. */
export type EmulatedPerson = { readonly sub: string; readonly email: string; readonly phone: Phone };
type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** The line that the emulator prints for a push. It has the ARN of the endpoint. */
const PUSH = /SNS platform-endpoint publish stub to (\S+)/;
const now = () => Math.floor(Date.now() / 1000);

/** The deployed provider, as an operator, a client and a phone see it: over HTTPS, at its own address. */
export class EmulatedProvider {
  readonly issuer: string;
  readonly #admin: AdminApi;
  readonly #client: TestClient;
  readonly #emulator: Emulator;
  readonly #sns: SNSClient;

  private constructor(
    issuer: string,
    own: { admin: AdminApi; client: TestClient; emulator: Emulator; sns: SNSClient },
  ) {
    this.issuer = issuer;
    this.#admin = own.admin;
    this.#client = own.client;
    this.#emulator = own.emulator;
    this.#sns = own.sns;
  }

  /** Registers a client. Calls of the admin API are signed, as the command `ciba` signs them. */
  static async open(at: { account: EmulatedAccount; emulator: Emulator; stack: DeployedStack }) {
    const issuer = at.stack.outputs['Issuer'] ?? '';
    process.env['AWS_ACCESS_KEY_ID'] = CREDENTIALS.accessKeyId;
    process.env['AWS_SECRET_ACCESS_KEY'] = CREDENTIALS.secretAccessKey;
    const admin = new AdminApi(readDeployment({ url: issuer.slice(0, -1) }, {}));
    const registration = { client_name: 'Harbor Bank', token_endpoint_auth_method: 'client_secret_basic' };
    const { body } = await admin.call('POST /admin/clients', { parameters: {}, body: registration });
    const client = { client_id: body.client_id, client_secret: String(body.client_secret) };
    const sns = new SNSClient(at.account.clientSettings());
    return new EmulatedProvider(issuer, { admin, client, emulator: at.emulator, sns });
  }

  /** Creates a user, and enrols a phone with a ticket. */
  async person(email: string, platform: string): Promise<EmulatedPerson> {
    const { body: user } = await this.#admin.call('POST /admin/users', { parameters: {}, body: { email } });
    const { sub } = user;
    const { body: ticket } = await this.#admin.call('POST /admin/users/{sub}/tickets', { parameters: { sub } });
    const pushToken = `token-of-${sub}`;
    return { sub, email, phone: await Phone.enrol(ticket.uri, { name: 'A phone', pushToken, platform, now }) };
  }

  /** Logs in: asks, sees the push at SNS, polls, approves on the phone, takes the tokens, and tries to take them twice. */
  async logIn({ sub, email, phone }: EmulatedPerson): Promise<{ expiresIn: unknown }> {
    const earlier = this.#pushes().length;
    const asked = await this.#post('bc-authorize', { scope: 'openid', login_hint: email });
    expect(asked).toMatchObject({ status: 200 });
    const authReqId = String(asked.body['auth_req_id']);
    await expect.poll(() => this.#pushes().slice(earlier)).toHaveLength(1);
    expect(await this.#tokenOf(this.#pushes().at(-1))).toBe(phone.identity.pushToken);
    expect((await this.#poll(authReqId)).body['error']).toBe('authorization_pending');
    const { bytes, shown } = await phone.read(requestIdOf(authReqId));
    expect(shown.client_name).toBe('Harbor Bank');
    expect((await phone.answer(requestIdOf(authReqId), bytes, 'approve')).status).toBe(204);
    const redeemed = await this.#poll(authReqId);
    expect(redeemed.status).toBe(200);
    await this.#verify(redeemed.body, sub);
    expect((await this.#poll(authReqId)).body['error']).toBe('invalid_grant');
    return { expiresIn: asked.body['expires_in'] };
  }

  /** Verifies both tokens with the published key set, as a client and an API do. */
  async #verify({ id_token, access_token }: Answer['body'], sub: string): Promise<void> {
    const keySet = createRemoteJWKSet(new URL(`${this.issuer}.well-known/jwks.json`));
    const { issuer } = this;
    const idToken = await jwtVerify(String(id_token), keySet, { issuer, audience: this.#client.client_id });
    expect(idToken.payload.sub).toBe(sub);
    const accessToken = await jwtVerify(String(access_token), keySet, { issuer, audience: issuer, typ: 'at+jwt' });
    expect(accessToken.payload).toMatchObject({ sub, client_id: this.#client.client_id });
    expect(decodeProtectedHeader(String(id_token)).alg).toBe('RS256');
  }

  /** The endpoints that SNS was told to push to, in order. */
  #pushes(): readonly string[] {
    return this.#emulator.log.flatMap((line) => PUSH.exec(line)?.[1] ?? []);
  }

  async #tokenOf(EndpointArn: string | undefined): Promise<string | undefined> {
    const { Attributes } = await this.#sns.send(new GetEndpointAttributesCommand({ EndpointArn }));
    return Attributes?.['Token'];
  }

  #poll(authReqId: string): Promise<Answer> {
    return this.#post('token', { grant_type: CIBA_GRANT, auth_req_id: authReqId });
  }

  async #post(path: string, form: Record<string, string>): Promise<Answer> {
    const headers = { authorization: basic(this.#client) };
    const response = await fetch(this.issuer + path, { method: 'POST', headers, body: new URLSearchParams(form) });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }
}
