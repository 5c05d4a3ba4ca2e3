import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames, optionalFunctions } from '../../../infra/functions/deployed-functions.ts';
import type { LocalFunction } from '../../../local/runtime/function-host.ts';
import { expectTokens } from '../../support/assertions.ts';
import { BundleHost } from '../../support/bundle-host.ts';
import { KeySetServer } from '../../support/key-set-server.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { PublishedEvents } from '../../support/published-events.ts';
import { CIBA_GRANT, requestIdOf, World } from '../../support/world.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';

/** Built-ins that the credential providers would drag into a cold start, and that nothing else needs. */
const NEVER_AT_A_COLD_START = [
  'http2',
  'internal/http2/core',
  'child_process',
  'worker_threads',
  'readline',
  'inspector',
];

const events = new PublishedEvents();
const optionalNames = Object.keys(optionalFunctions) as LocalFunction[];
let world: World;
let host: BundleHost;
let endpoint: NotificationEndpoint;
let keySets: KeySetServer;

beforeAll(async () => {
  const folder = deployedBundles();
  endpoint = await NotificationEndpoint.start();
  keySets = await KeySetServer.start();
  world = await World.start({
    clock: 'running',
    trustedCertificates: [endpoint.cert, keySets.cert],
    onEvent: events.add,
    createHost: (options) => {
      host = new BundleHost(folder, options);
      return host;
    },
  });
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
  await keySets.close();
});

describe('the bundles that are deployed, run through the Lambda Runtime API', () => {
  it('pass a whole login: tickets, enrolment, request, push, approval, one redemption, revocation', async () => {
    const client = await world.client({ scope: 'openid profile' });
    const { email, phone } = await world.person({ name: 'Ana' });
    const { authReqId, requestId } = await world.asked(client, {
      login_hint: email,
      scope: 'openid profile',
      binding_message: 'Hi 1234',
    });
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    expect(await phone.list()).toHaveLength(1);
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    const redeemed = await world.poll(client, authReqId);
    expectTokens(redeemed);
    expect((await world.poll(client, authReqId)).body['error']).toBe('invalid_grant');
    const revoked = await world.post('/revoke', client, { token: String(redeemed.body['access_token']) });
    expect([revoked.status, await world.reason(revoked)]).toEqual([200, 'access_token_revoked']);
    expect((await world.send('/.well-known/openid-configuration', {})).body['issuer']).toBe(world.issuer);
    expect((await world.send('/.well-known/jwks.json', {})).body['keys']).toHaveLength(6);
  });

  it('tell other systems of a request and of its answer', async () => {
    const { client_id } = await world.client();
    expect(await events.next('client_created', { client_id })).toBeDefined();
    for (const name of ['device_enrolled', 'authentication_requested', 'authentication_approved'] as const)
      expect(await events.next(name)).toBeDefined();
    events.expectValid();
  });

  it('ping a client that is registered for it, which then redeems', async () => {
    const client = await world.client({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const { email, phone } = await world.person();
    const form = { login_hint: email, client_notification_token: 'smoke-test-token-of-28-bytes' };
    const { authReqId, requestId } = await world.asked(client, form);
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
    expect((await endpoint.next()).json).toEqual({ auth_req_id: authReqId });
    expectTokens(await world.poll(client, authReqId));
  });

  it('load what few logins need: published keys, a signed request, each token as a hint, a user code', async () => {
    const { privateKey, publicKey } = await generateKeyPair('PS256', { extractable: true });
    const jwk = { ...(await exportJWK(publicKey)), kid: 'kid-1', alg: 'PS256', use: 'sig' };
    keySets.publish(jwk);
    const { client_id: clientId } = await world.client({
      token_endpoint_auth_method: 'private_key_jwt',
      jwks_uri: keySets.url,
      backchannel_authentication_request_signing_alg: 'PS256',
      backchannel_user_code_parameter: true,
      login_hint_token_issuers: [{ issuer: 'https://directory.example', jwks: { keys: [jwk] } }],
    });
    const { email, sub, phone } = await world.person();
    await world.admin('PUT', `/admin/users/${sub}/user-code`, { user_code: 'correct horse' });
    const sign = (claims: object) => {
      const now = world.runtime.now();
      const life = { iat: now, nbf: now, exp: now + 60, jti: randomUUID() };
      const jwt = new SignJWT({ aud: world.issuer, ...life, ...claims });
      return jwt.setProtectedHeader({ alg: 'PS256', kid: 'kid-1' }).sign(privateKey);
    };
    const post = async (path: string, form: Record<string, string>) =>
      world.post(path, undefined, {
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: await sign({ iss: clientId, sub: clientId }),
        ...form,
      });
    const logIn = async (hint: Record<string, string>) => {
      const claims = { iss: clientId, scope: 'openid', user_code: 'correct horse', ...hint };
      const { body } = await post('/bc-authorize', { request: await sign(claims) });
      const auth_req_id = String(body['auth_req_id']);
      expect(await world.answer(phone, requestIdOf(auth_req_id), 'approve')).toBe(204);
      return post('/token', { grant_type: CIBA_GRANT, auth_req_id });
    };
    const subject = { iss: 'https://directory.example', sub_id: { format: 'email', email } };
    const first = await logIn({ login_hint_token: await sign(subject) });
    expectTokens(first);
    expectTokens(await logIn({ id_token_hint: String(first.body['id_token']) }));
    expect((await post('/revoke', { token: String(first.body['access_token']) })).status).toBe(200);
    // Each of the three functions has fetched the keys.
    expect(keySets.calls).toHaveLength(3);
  });

  it('answer a fault as the sources do, and log it', async () => {
    const client = await world.client();
    world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError"}' });
    const answer = await world.poll(client, 'x');
    world.runtime.aws.interference = undefined;
    expect(answer.status).toBe(500);
    expect(answer.body['error']).toBe('server_error');
    await expect.poll(() => world.logs.some((line) => line.includes('"message":"fault"'))).toBe(true);
  });

  it.each([...functionNames, ...optionalNames])(
    '%s loads none of the built-ins that slow a cold start down',
    async (name) => {
      const builtIns = await host.builtInsOf(name);
      expect(builtIns.length).toBeGreaterThan(0);
      expect(builtIns.filter((builtIn) => NEVER_AT_A_COLD_START.includes(builtIn))).toEqual([]);
    },
  );
});
