import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DemoWorld } from '../../../local/demo/demo-world.ts';
import { createLocalRoutes } from '../../../local/demo/local-routes.ts';
import { LATER_HEADER, withoutLater } from '../../../local/runtime/call-clock.ts';
import { expectRefusal } from '../../support/assertions.ts';
import { CIBA_GRANT, type TestClient, World } from '../../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  world.runtime.gateway.localRoutes = createLocalRoutes(new DemoWorld(world.runtime), world.runtime);
  client = await world.client();
});
afterAll(() => world?.close());

const FAULT = JSON.stringify({ fault: 'table-throttled', about: ['user-of-a-trial'], seconds: 60 });

/** Calls with any `Host`, which `fetch` would not send. Returns the status. */
function call(method: string, path: string, own: { headers: Record<string, string>; body?: string }): Promise<number> {
  const { headers, body = '' } = own;
  return new Promise((resolve, reject) => {
    const outgoing = request(world.runtime.url + path, { method, headers }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    outgoing.on('error', reject).end(body);
  });
}

const FOREIGN: readonly (readonly [string, Record<string, string>])[] = [
  ['a page of another origin', { origin: 'https://evil.example' }],
  ['a page that rebinds its name', { host: 'evil.example:3000' }],
  ['an image on another site', { 'sec-fetch-site': 'cross-site' }],
];

describe.each(FOREIGN)('%s', (_, headers) => {
  it.each([
    ['POST', '/local/faults', FAULT],
    ['GET', '/local/faults', undefined],
    ['DELETE', '/local/faults?id=x', undefined],
    ['POST', '/local/keys', '{"action":"rotate"}'],
  ])('gets 403 from %s %s', async (method, path, body) => {
    const before = world.runtime.aws.calls.length;
    expect(await call(method, path, { headers, ...(body !== undefined && { body }) })).toBe(403);
    expect(world.runtime.faults.active).toEqual([]);
    expect(world.runtime.aws.calls.length).toBe(before);
  });

  it('cannot let a call come later: 403', async () => {
    const own = { headers: { ...headers, [LATER_HEADER]: '60' } };
    expect(await call('GET', '/.well-known/jwks.json', own)).toBe(403);
    expect(await call('GET', '/.well-known/jwks.json', { headers })).toBe(200);
  });
});

describe('POST /local/faults', () => {
  const order = async (body: unknown) =>
    (await world.send('/local/faults', { method: 'POST', body: JSON.stringify(body) })).status;

  it.each([
    ['no fault', {}],
    ['an unknown fault', { fault: 'earthquake', about: ['user-of-a-trial'], seconds: 60 }],
    ['a fault of everything', { fault: 'push-outage', about: [], seconds: 60 }],
    ['a fault of nearly everything', { fault: 'push-outage', about: ['U'], seconds: 60 }],
    ['a fault without an end', { fault: 'push-outage', about: ['user-of-a-trial'], seconds: 301 }],
    ['more than that', { fault: 'push-outage', about: ['user-of-a-trial'], seconds: 6, more: 1 }],
  ])('refuses %s', async (_, body) => {
    expect(await order(body)).toBe(400);
    expect(world.runtime.faults.active).toEqual([]);
  });

  it('begins a fault that GET lists and DELETE ends', async () => {
    const begun = await world.send('/local/faults', { method: 'POST', body: FAULT });
    expect(begun.status).toBe(201);
    const { id } = begun.body;
    const listed = [{ id, fault: 'table-throttled', about: ['user-of-a-trial'], ends_in: 60 }];
    expect((await world.send('/local/faults', {})).body).toEqual({ faults: listed });
    expect((await world.send(`/local/faults?id=${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await world.send('/local/faults', {})).body).toEqual({ faults: [] });
  });

  it('fails the calls about one user alone', async () => {
    const [one, other] = [await world.person(), await world.person()];
    const fault = { fault: 'push-outage', about: [one.phone.identity.deviceId], seconds: 60 };
    expect(await order(fault)).toBe(201);
    const refused = { status: 503, error: 'temporarily_unavailable', reason: 'push_unavailable' };
    await expectRefusal(world, await world.ask(client, { login_hint: one.email }), refused);
    expect((await world.ask(client, { login_hint: other.email })).status).toBe(200);
    for (const { id } of world.runtime.faults.active) world.runtime.faults.end(id);
    expect((await world.ask(client, { login_hint: one.email })).status).toBe(200);
  });
});

describe('POST /local/keys', () => {
  it.each([['{}'], ['{"action":"rotate","force":true}'], ['{"action":"revoke","kid":"none"}'], ['rotate']])(
    'refuses %s',
    async (body) => {
      expect((await world.send('/local/keys', { method: 'POST', body })).status).toBe(400);
    },
  );
});

describe('a call that comes later', () => {
  const poll = (authReqId: string, later?: string) =>
    world.send('/token', {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        authorization: `Basic ${Buffer.from(`${client.client_id}:${client.client_secret}`).toString('base64')}`,
        ...(later !== undefined && { [LATER_HEADER]: later }),
      },
      body: new URLSearchParams({ grant_type: CIBA_GRANT, auth_req_id: authReqId }).toString(),
    });

  it('has a clock of its own, which no other call sees', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    const [late, now] = await Promise.all([poll(authReqId, '121'), poll(authReqId)]);
    await expectRefusal(world, late, { status: 400, error: 'expired_token', reason: 'request_expired' });
    await expectRefusal(world, now, { status: 400, error: 'authorization_pending', reason: 'authorization_pending' });
  });

  it.each(['-1', '1.5', 'soon', '604801', ''])('cannot be %j seconds later: 403', async (later) => {
    expect((await poll('x', later)).status).toBe(403);
  });

  it('has a sandbox of its own: what is remembered from it, and until when, reaches no other call', async () => {
    // The client would be remembered for an hour longer.
    expect((await poll('x', '3600')).body['error']).toBe('invalid_grant');
    const { body } = await world.admin('PATCH', `/admin/clients/${client.client_id}`, { new_secret: true });
    world.runtime.advance(61);
    await expectRefusal(world, await poll('x'), {
      status: 401,
      error: 'invalid_client',
      reason: 'wrong_client_secret',
    });
    client = { ...client, client_secret: String(body['client_secret']) };
    expect((await poll('x')).body['error']).toBe('invalid_grant');
  });

  it('reaches its function without the header', () => {
    const raw = ['Host', 'localhost', 'X-Local-Later', '60', 'Accept', 'x-local-later'];
    expect(withoutLater(raw)).toEqual(['Host', 'localhost', 'Accept', 'x-local-later']);
  });
});
