import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  client = await world.client({ audiences: ['https://pay.example', 'https://read.example'] });
});
afterAll(() => world?.close());

const INVALID = { status: 400, error: 'invalid_client_metadata', reason: 'invalid_client_metadata' };
/** What a registration needs beside a name: a method, because without one it needs keys. */
const WITH_SECRET = { token_endpoint_auth_method: 'client_secret_basic' };

describe('the search for a user has nothing personal in a URL', () => {
  it('an address in the query is refused, and the answer says where it belongs', async () => {
    const { email, sub } = await world.user();
    const byQuery = await world.admin('GET', `/admin/users?login_hint=${encodeURIComponent(email)}`);
    await expectRefusal(world, byQuery, { status: 400, error: 'invalid_request', reason: 'invalid_parameter' });
    expect(byQuery.body['error_description']).toBe('login_hint must be in the body of POST /admin/users/search.');
    expect(byQuery.text).not.toContain(sub);
    expect((await world.find(email)).body['sub']).toBe(sub);
    expect((await world.admin('POST', '/admin/users/search', { sub })).body['email']).toBe(email);
  });
});

describe('resource at the token endpoint (RFC 8707 §2.2)', () => {
  const both = 'resource=https://pay.example&resource=https://read.example';

  /** A request for both audiences that the user has approved. */
  async function approved(): Promise<string> {
    const { email, phone } = await world.person();
    const form = `scope=openid&login_hint=${encodeURIComponent(email)}&${both}`;
    const { body } = await world.post('/bc-authorize', client, form);
    const [{ request_id: requestId } = { request_id: '' }] = await phone.list();
    await world.answer(phone, requestId, 'approve');
    return String(body['auth_req_id']);
  }
  const redeem = (authReqId: string, resources: string) =>
    world.post(
      '/token',
      client,
      `grant_type=${encodeURIComponent('urn:openid:params:grant-type:ciba')}&auth_req_id=${authReqId}${resources}`,
    );
  const audienceOf = (token: unknown) =>
    JSON.parse(Buffer.from(String(token).split('.')[1] ?? '', 'base64url').toString())['aud'];

  it('narrows the token to what it names', async () => {
    const narrowed = await redeem(await approved(), '&resource=https://read.example');
    expect(audienceOf(narrowed.body['access_token'])).toBe('https://read.example');
    const repeated = await redeem(await approved(), `&${both}`);
    expect(audienceOf(repeated.body['access_token'])).toEqual(['https://pay.example', 'https://read.example']);
    const absent = await redeem(await approved(), '');
    expect(audienceOf(absent.body['access_token'])).toEqual(['https://pay.example', 'https://read.example']);
  });

  it.each([
    ['that nobody granted', '&resource=https://evil.example/'],
    ['that is no URI', '&resource=not%20a%20uri'],
    ['beside one that was granted', '&resource=https://pay.example&resource=https://evil.example/'],
    ['with a fragment', '&resource=https://pay.example%23x'],
  ])('is invalid_target for one %s, and the approval can still be redeemed', async (_what, resources) => {
    const authReqId = await approved();
    await expectRefusal(world, await redeem(authReqId, resources), {
      status: 400,
      error: 'invalid_target',
      reason: 'invalid_target',
    });
    expect((await redeem(authReqId, '')).status).toBe(200);
  });
});

describe('an audience is never a client id, which ID tokens have as their audience', () => {
  const register = (metadata: object) =>
    world.admin('POST', '/admin/clients', { ...WITH_SECRET, client_name: `N ${Math.random()}`, ...metadata });

  it('not the client\u2019s own, at its registration and on a change', async () => {
    const own = { client_id: 'self', audiences: ['self'], default_audience: 'self' };
    await expectRefusal(world, await register(own), INVALID);
    expect((await register({ client_id: 'self' })).status).toBe(201);
    await expectRefusal(world, await world.admin('PATCH', '/admin/clients/self', { audiences: ['self'] }), INVALID);
  });

  it('not that of another client, at the registration and on a change', async () => {
    await expectRefusal(world, await register({ audiences: [client.client_id] }), INVALID);
    await world.client({ client_id: 'narrow' });
    const change = { audiences: ['https://api.example', client.client_id] };
    await expectRefusal(world, await world.admin('PATCH', '/admin/clients/narrow', change), INVALID);
    expect((await world.admin('GET', '/admin/clients/narrow')).body['audiences']).toEqual([]);
  });

  it('and a new client does not get an id that is an audience; the audience stays usable', async () => {
    const { status, body } = await register({ client_id: 'shop', audiences: ['orders'] });
    expect(status).toBe(201);
    expect(body['warnings']).toEqual([expect.stringContaining('The audience orders is no URI')]);
    const taken = await register({ client_id: 'orders' });
    await expectRefusal(world, taken, { status: 409, error: 'conflict', reason: 'conflict' });
    expect((await world.admin('GET', '/admin/clients/orders')).status).toBe(404);
    expect((await world.admin('DELETE', '/admin/clients/orders')).status).toBe(404);
    expect((await register({ client_id: 'shop-2', audiences: ['orders'] })).status).toBe(201);
    expect((await world.post('/token', { client_id: 'orders', client_secret: 'x' }, 'grant_type=x')).status).toBe(401);
  });

  it('of ten clients that want the word as id or as audience at once, only one kind wins', async () => {
    const both = Array.from({ length: 10 }, (_, index) =>
      register(index % 2 ? { client_id: 'contested' } : { audiences: ['contested'] }),
    );
    const won = (await Promise.all(both)).map(({ status }, index) => status === 201 && (index % 2 ? 'id' : 'audience'));
    expect(new Set(won.filter(Boolean)).size).toBe(1);
  });
});

describe('what the phone shows of a client', () => {
  it('a standard scope keeps its words: nobody passes the address off as something else', async () => {
    const disguised = {
      ...WITH_SECRET,
      client_name: 'Disguised',
      scope: 'openid email',
      scope_descriptions: { email: 'Confirm who you are' },
    };
    await expectRefusal(world, await world.admin('POST', '/admin/clients', disguised), INVALID);
    const { email, phone } = await world.person();
    const plain = await world.client({ scope: 'openid email' });
    const { requestId } = await world.asked(plain, { login_hint: email, scope: 'openid email' });
    const { bytes } = await phone.read(requestId);
    expect(Buffer.from(bytes).toString()).toContain('See your e-mail address');
  });

  const taken = { status: 409, error: 'conflict', reason: 'conflict' };
  const named = (client_name: string) => world.admin('POST', '/admin/clients', { ...WITH_SECRET, client_name });

  it('two clients have no names that look alike', async () => {
    const { body } = await named('Coastal Credit');
    for (const imitation of ['Coastal Credit', 'C\u043Eastal Credit', 'COASTAL CREDIT', 'Coasta1 Credit'])
      await expectRefusal(world, await named(imitation), taken);
    const { body: other } = await named('Other Credit');
    const rename = world.admin('PATCH', `/admin/clients/${other['client_id']}`, { client_name: 'Coast\u0430l Credit' });
    await expectRefusal(world, await rename, taken);
    expect((await world.admin('GET', `/admin/clients/${other['client_id']}`)).body['client_name']).toBe('Other Credit');
    // Its own name may be written in another way.
    const own = await world.admin('PATCH', `/admin/clients/${body['client_id']}`, { client_name: 'Coastal credit' });
    expect(own.status).toBe(200);
  });

  it('a name is free for others after a rename and after a removal', async () => {
    const { body } = await named('First Ferry');
    const path = `/admin/clients/${body['client_id']}`;
    expect((await world.admin('PATCH', path, { client_name: 'Second Ferry' })).status).toBe(200);
    expect((await named('First Ferry')).status).toBe(201);
    await expectRefusal(world, await named('Second Ferry'), taken);
    expect((await world.admin('DELETE', path)).status).toBe(204);
    expect((await named('Second Ferry')).status).toBe(201);
  });

  it('of ten clients that want names which look alike at once, one gets it', async () => {
    const names = Array.from({ length: 10 }, (_, index) => (index % 2 ? 'Race Bank' : 'R\u0430ce Bank'));
    const statuses = (await Promise.all(names.map(named))).map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
  });
});

describe('a notification endpoint is checked when it is registered', () => {
  const ping = (backchannel_client_notification_endpoint: string) => ({
    ...WITH_SECRET,
    client_name: `P ${Math.random()}`,
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint,
  });

  it('it has a public address, and port 443 or one that the settings name', async () => {
    const own = await World.start({ variables: { NOTIFICATION_PORTS: '8443', NOTIFICATION_NETWORKS: '' } });
    try {
      const register = (endpoint: string) => own.admin('POST', '/admin/clients', ping(endpoint));
      for (const endpoint of [
        'https://169.254.169.254/',
        'https://127.0.0.1/',
        'https://2130706433/',
        'https://10.1.2.3/cb',
        'https://[::1]/',
        'https://[fd00::1]/',
        'https://client.example:22/',
        'https://client.example:80/',
      ])
        await expectRefusal(own, await register(endpoint), INVALID);
      for (const endpoint of ['https://client.example/', 'https://client.example:443/', 'https://client.example:8443/'])
        expect((await register(endpoint)).status).toBe(201);
      const { body } = await register('https://other.example/cb');
      const path = `/admin/clients/${body['client_id']}`;
      const change = { backchannel_client_notification_endpoint: 'https://192.168.0.1/' };
      await expectRefusal(own, await own.admin('PATCH', path, change), INVALID);
      expect((await own.admin('PATCH', path, { client_name: 'Only another name' })).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});

describe('strict binding messages, by a setting', () => {
  it('refuse what deceives although it may be shown', async () => {
    const own = await World.start({ variables: { BINDING_MESSAGES: 'strict' } });
    try {
      const bank = await own.client();
      const { email } = await own.person();
      const ask = (binding_message: string) => own.ask(bank, { login_hint: email, binding_message });
      for (const message of ['H\u0430rbor B\u0430nk', 'Call +49 900 1234567', 'see https://evil.example/x'])
        await expectRefusal(own, await ask(message), {
          status: 400,
          error: 'invalid_binding_message',
          reason: 'invalid_binding_message',
        });
      expect((await ask('Order 4711')).status).toBe(200);
    } finally {
      await own.close();
    }
  });
});
