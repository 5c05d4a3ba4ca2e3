import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

describe('every route needs an IAM identity, whatever the gateway was told', () => {
  const event = (authorizer: unknown) => ({
    routeKey: 'GET /admin/clients',
    rawPath: '/admin/clients',
    rawQueryString: '',
    headers: {},
    isBase64Encoded: false,
    requestContext: { requestId: 'direct', http: { method: 'GET' }, authorizer },
  });

  it.each([
    ['no authorizer', undefined],
    ['a JWT authorizer', { jwt: { claims: { sub: 'x' } } }],
  ])('%s: 403', async (_name, authorizer) => {
    const result = (await world.runtime.host.invoke('admin', event(authorizer))) as {
      statusCode: number;
      body: string;
    };
    expect(result.statusCode).toBe(403);
    expect(JSON.parse(result.body).error).toBe('access_denied');
  });

  it('an ARN: 200', async () => {
    const result = (await world.runtime.host.invoke('admin', event({ iam: { userArn: 'arn:aws:iam::1:user/x' } }))) as {
      statusCode: number;
    };
    expect(result.statusCode).toBe(200);
  });

  it.each([
    ['a foreign Host, as after DNS rebinding', { host: 'evil.example' }],
    ['a foreign Origin', { origin: 'https://evil.example' }],
    ['another local page', { origin: 'http://localhost:9' }],
  ])('the local gateway vouches for nobody with %s', async (_name, headers) => {
    const { request } = await import('node:http');
    const { port } = new URL(world.runtime.url);
    const status = await new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/admin/clients', headers }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });
});

describe('clients', () => {
  it('are created with a secret that is told once, read without it, changed, listed and removed', async () => {
    const made = await world.admin('POST', '/admin/clients', {
      client_id: 'shop',
      client_name: 'Shop',
      token_endpoint_auth_method: 'client_secret_basic',
      scope: 'openid profile',
    });
    expect(made.status).toBe(201);
    expect(made.body['client_secret']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const read = await world.admin('GET', '/admin/clients/shop');
    expect(read.body).toEqual({
      client_id: 'shop',
      client_name: 'Shop',
      token_endpoint_auth_method: 'client_secret_basic',
      grant_types: ['urn:openid:params:grant-type:ciba'],
      backchannel_token_delivery_mode: 'poll',
      scope: 'openid profile',
      scope_descriptions: {},
      id_token_signed_response_alg: 'RS256',
      access_token_signed_response_alg: 'RS256',
      audiences: [],
    });
    expect((await world.admin('PATCH', '/admin/clients/shop', { client_name: 'Shop 2' })).body).toEqual({
      ...read.body,
      client_name: 'Shop 2',
    });
    expect((await world.admin('GET', '/admin/clients')).body['clients']).toContainEqual({
      ...read.body,
      client_name: 'Shop 2',
    });
    expect((await world.admin('DELETE', '/admin/clients/shop')).status).toBe(204);
    await expectRefusal(world, await world.admin('GET', '/admin/clients/shop'), {
      status: 404,
      error: 'not_found',
      reason: 'not_found',
    });
    await expectRefusal(world, await world.admin('DELETE', '/admin/clients/shop'), {
      status: 404,
      error: 'not_found',
      reason: 'not_found',
    });
  });

  it('have keys unless they name another method, and are told what to send without both (RFC 7591 §2)', async () => {
    const named = { client_id: 'keyed', client_name: 'Keyed' };
    const refused = await world.admin('POST', '/admin/clients', named);
    await expectRefusal(world, refused, {
      status: 400,
      error: 'invalid_client_metadata',
      reason: 'invalid_client_metadata',
    });
    expect(refused.body['error_description']).toBe(
      'jwks must be a set with at least one public key, because private_key_jwt is the default and needs one (or send jwks_uri); for a client with a secret, send token_endpoint_auth_method client_secret_basic.',
    );
    const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwks = { keys: [publicKey.export({ format: 'jwk' })] };
    const { status, body } = await world.admin('POST', '/admin/clients', { ...named, jwks });
    expect([status, body]).toEqual([
      201,
      expect.objectContaining({ token_endpoint_auth_method: 'private_key_jwt', jwks }),
    ]);
    expect(body).not.toHaveProperty('client_secret');
  });

  it('get a new secret, and the old one ends within a minute', async () => {
    const client = await world.client({ client_id: 'rotating' });
    expect((await world.poll(client, 'x')).body['error']).toBe('invalid_grant');
    const { body } = await world.admin('PATCH', '/admin/clients/rotating', { new_secret: true });
    world.runtime.advance(60);
    expect((await world.poll(client, 'x')).status).toBe(401);
    expect((await world.poll({ ...client, client_secret: String(body['client_secret']) }, 'x')).body['error']).toBe(
      'invalid_grant',
    );
  });

  it.each<[string, Record<string, unknown>]>([
    ['an unknown member', { client_name: 'x', token_endpoint_auth_method: 'client_secret_basic', redirect_uris: [] }],
    [
      'a private key',
      {
        client_name: 'x',
        token_endpoint_auth_method: 'private_key_jwt',
        jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b', d: 'c' }] },
      },
    ],
  ])('are refused with %s (RFC 7591 §3.2.2)', async (_name, metadata) => {
    await expectRefusal(world, await world.admin('POST', '/admin/clients', metadata), {
      status: 400,
      error: 'invalid_client_metadata',
      reason: 'invalid_client_metadata',
    });
  });

  it('are listed page by page', async () => {
    for (let index = 0; index < 60; index += 1)
      await world.client({ client_id: `page-${String(index).padStart(2, '0')}` });
    const first = await world.admin('GET', '/admin/clients');
    const second = await world.admin('GET', `/admin/clients?after=${first.body['next']}`);
    const ids = [first, second].flatMap(({ body }) =>
      (body['clients'] as { client_id: string }[]).map(({ client_id }) => client_id),
    );
    expect(ids.filter((id) => id.startsWith('page-'))).toHaveLength(60);
    expect(ids).toEqual([...ids].sort());
  });
});

describe('users', () => {
  it('are created, found by any hint, changed and removed with all that belongs to them', async () => {
    const profile = {
      sub: 'auth0|eve',
      name: 'Eve',
      email: 'Eve@Example.com',
      phone_number: '+49 151 2345678',
      preferred_username: 'Eve',
    };
    expect((await world.admin('POST', '/admin/users', profile)).status).toBe(201);
    const read = await world.admin('GET', '/admin/users/auth0%7Ceve');
    expect(read.body).toEqual({
      sub: 'auth0|eve',
      name: 'Eve',
      email: 'eve@example.com',
      phone_number: '+491512345678',
      preferred_username: 'eve',
      created_at: world.runtime.now(),
    });
    for (const hint of [
      'eve@example.com',
      '+49 (151) 2345678',
      'EVE',
      JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: 'auth0|eve' }),
    ]) {
      expect((await world.find(hint)).body['sub']).toBe('auth0|eve');
    }
    await world.admin('PATCH', '/admin/users/auth0%7Ceve', { email: 'new@example.com' });
    expect((await world.find('eve@example.com')).status).toBe(404);
    expect((await world.find('new@example.com')).body['name']).toBe('Eve');
    const phone = await world.phone('auth0|eve');
    const endpoints = () =>
      [...world.runtime.sns.endpoints.values()].filter(({ token }) => token === phone.identity.pushToken).length;
    expect(endpoints()).toBe(1);
    expect((await world.admin('DELETE', '/admin/users/auth0%7Ceve')).status).toBe(204);
    expect(endpoints()).toBe(0);
    expect((await world.find('eve')).status).toBe(404);
    expect((await world.admin('POST', '/admin/users', profile)).status).toBe(201);
  });

  it('keep their identifiers to themselves, and a refused one leaves nothing behind', async () => {
    await world.admin('POST', '/admin/users', { sub: 'first', email: 'mine@example.com' });
    const taken = await world.admin('POST', '/admin/users', {
      sub: 'second',
      phone_number: '+4915199999999',
      email: 'mine@example.com',
    });
    await expectRefusal(world, taken, { status: 409, error: 'conflict', reason: 'conflict' });
    expect((await world.admin('POST', '/admin/users', { sub: 'third', phone_number: '+4915199999999' })).status).toBe(
      201,
    );
    const same = await world.admin('POST', '/admin/users', { sub: 'first', preferred_username: 'hijack' });
    await expectRefusal(world, same, { status: 409, error: 'conflict', reason: 'conflict' });
    expect((await world.find('hijack')).status).toBe(404);
    expect((await world.find('mine@example.com')).body['sub']).toBe('first');
    await expectRefusal(world, await world.admin('PATCH', '/admin/users/third', { email: 'mine@example.com' }), {
      status: 409,
      error: 'conflict',
      reason: 'conflict',
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['an e-mail address that is none', { email: 'x' }],
    ['an unknown member', { mail: 'a@b.c' }],
  ])('are refused with %s', async (_name, profile) => {
    await expectRefusal(world, await world.admin('POST', '/admin/users', profile), {
      status: 400,
      error: 'invalid_request',
      reason: 'invalid_parameter',
    });
  });
});

describe('members that are taken out', () => {
  it('null takes a member out, and what must stay stays', async () => {
    await world.client({
      client_id: 'changing',
      client_name: 'Changing',
      audiences: ['urn:a'],
      default_audience: 'urn:a',
      requests_per_minute: 3,
    });
    const change = { audiences: null, default_audience: null, requests_per_minute: null };
    const { body } = await world.admin('PATCH', '/admin/clients/changing', change);
    expect(body).toMatchObject({ audiences: [], client_name: 'Changing' });
    expect(Object.keys(body)).not.toContain('requests_per_minute');
    const { sub, email } = await world.user({ name: 'Gone' });
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { email: null, name: null })).body).toEqual({
      sub,
      created_at: world.runtime.now(),
    });
    expect((await world.find(email)).status).toBe(404);
    expect((await world.admin('PATCH', `/admin/users/${sub}`, { sub: 'other' })).status).toBe(400);
  });
});

it('clients, users, devices and tickets leave a trail: who did it', async () => {
  const { client_id } = await world.client();
  const { sub, phone } = await world.person();
  await world.admin('DELETE', `/admin/users/${sub}/devices/${phone.identity.deviceId}`);
  const events = () =>
    world.logs
      .filter((line) => line.includes('"message":"audit"'))
      .map((line) => JSON.parse(line).audit as Record<string, string>);
  await expect
    .poll(() =>
      events().some(({ event, deviceId }) => event === 'device_removed' && deviceId === phone.identity.deviceId),
    )
    .toBe(true);
  const by = 'arn:aws:iam::000000000000:user/local-operator';
  expect(events()).toContainEqual(expect.objectContaining({ event: 'client_created', clientId: client_id, by }));
  expect(events()).toContainEqual(expect.objectContaining({ event: 'user_created', sub, by }));
  expect(events()).toContainEqual(expect.objectContaining({ event: 'ticket_created', sub, by }));
});

it('the trail says what changed: a block, a scope, a new secret, each told from a new name', async () => {
  const { client_id, client_secret } = await world.client({ scope: 'openid' });
  const { sub } = await world.user({ name: 'Seeded Person' });
  await world.admin('PATCH', `/admin/clients/${client_id}`, { scope: 'openid pay', client_name: 'Seeded Client' });
  const { body } = await world.admin('PATCH', `/admin/clients/${client_id}`, { new_secret: true });
  await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
  await world.admin('PATCH', `/admin/users/${sub}`, { name: 'Seeded Name', email: 'seeded@example.com' });
  const events = (event: string, id: string) =>
    world
      .trail(id)
      .filter((record) => record['event'] === event && record['phase'] === 'done')
      .map((record) => record['changed']);
  expect(events('user_updated', sub)).toHaveLength(2);
  expect(events('client_updated', client_id)).toEqual([
    expect.arrayContaining([{ member: 'scope', before: 'openid', after: 'openid pay' }, { member: 'client_name' }]),
    [{ member: 'client_secret' }],
  ]);
  expect(events('user_updated', sub)).toEqual([
    [{ member: 'blocked', before: false, after: true }],
    expect.arrayContaining([{ member: 'name' }, { member: 'email' }]),
  ]);
  expect(JSON.stringify(events('user_created', sub))).not.toContain('Seeded');
  const trail = [...world.logs.filter((line) => line.includes('"message":"audit"')), ...world.runtime.audit.lines].join(
    '',
  );
  for (const value of ['Seeded', 'seeded@example.com', client_secret, String(body['client_secret'])])
    expect(trail).not.toContain(value);
});
