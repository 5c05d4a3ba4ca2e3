import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames, optionalFunctions } from '../../../infra/functions/deployed-functions.ts';
import type { LocalFunction } from '../../../local/runtime/function-host.ts';
import { expectTokens } from '../../support/assertions.ts';
import { BundleHost } from '../../support/bundle-host.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { PublishedEvents } from '../../support/published-events.ts';
import { World } from '../../support/world.ts';
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

beforeAll(async () => {
  const folder = deployedBundles();
  endpoint = await NotificationEndpoint.start();
  world = await World.start({
    clock: 'running',
    trustedCertificates: [endpoint.cert],
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
