import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { basic, type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
let ana: { sub: string; email: string };

beforeAll(async () => {
  world = await World.start();
  client = await world.client({ scope: 'openid profile', audiences: ['https://api.example.com', 'urn:other'] });
  ana = await world.person({
    email: 'ana@example.com',
    phone_number: '+4917012345',
    preferred_username: 'Ana',
    name: 'Ana',
  });
});
afterAll(() => world?.close());

/** Items in Transactions, so that "nothing stored" can be seen. */
const writes = () =>
  world.runtime.aws.calls.filter(({ action }) => action === 'PutItem' || action === 'UpdateItem').length;

describe('a well-formed request', () => {
  it('answers auth_req_id, expires_in and interval (CIBA §7.3)', async () => {
    const answer = await world.ask(client, { login_hint: ana.email });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).sort()).toEqual(['auth_req_id', 'expires_in', 'interval']);
    expect(answer.body).toMatchObject({ expires_in: 120, interval: 5 });
    expect(answer.body['auth_req_id']).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['a phone number as people write it', '+49 (170) 123-45'],
    ['a username', 'aNa'],
  ])('finds the user by %s', async (_name, login_hint) => {
    expect((await world.ask(client, { login_hint })).status).toBe(200);
  });

  it('honours requested_expiry, within the limit of the deployment (CIBA §7.1)', async () => {
    const form = { login_hint: ana.email, requested_expiry: '86400' };
    expect((await world.ask(client, form)).body).toMatchObject({ expires_in: 600 });
  });

  it('reads the form from base64 and from plain events alike, with a charset parameter', async () => {
    const answer = await world.send('/bc-authorize', {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded;charset=UTF-8', authorization: basic(client) },
      body: 'scope=openid&login_hint=ana%40example.com&binding_message=%C3%9Cberweisung+1%E2%82%AC',
    });
    expect(answer.status).toBe(200);
  });
});

describe('bad input gets the code of the standard and stores nothing', () => {
  const hint = { login_hint: 'ana@example.com' };
  const cases: [string, Record<string, string | undefined>, string, string][] = [
    ['scopes with two spaces', { ...hint, scope: 'openid  profile' }, 'invalid_scope', 'scope_malformed'],
    ['no hint', {}, 'invalid_request', 'no_hint'],
    ['an unknown user', { login_hint: 'nobody@example.com' }, 'unknown_user_id', 'unknown_user'],
    [
      'a bidirectional override in the binding message',
      { ...hint, binding_message: 'pay \u202E100' },
      'invalid_binding_message',
      'invalid_binding_message',
    ],
    [
      'an audience that is not allowed',
      { ...hint, audience: 'https://evil.example' },
      'invalid_target',
      'invalid_target',
    ],
    [
      'authorization_details, which nobody would be shown',
      { ...hint, authorization_details: '[]' },
      'invalid_authorization_details',
      'authorization_details_not_supported',
    ],
  ];

  it.each(cases)('%s', async (_name, form, error, reason) => {
    const before = writes();
    const answer = await world.ask(client, form);
    await expectRefusal(world, answer, { status: 400, error, reason });
    expect(writes()).toBe(before);
  });

  it.each([
    ['a repeated parameter', 'scope=openid&login_hint=a%40b.c&login_hint=d%40e.f', 'repeated_parameter'],
    ['a broken percent escape', 'scope=openid&login_hint=%zz', 'malformed_body'],
    ['a body over 64 KB', `scope=openid&login_hint=${'x'.repeat(70_000)}`, 'body_too_large'],
  ])('%s', async (_name, body, reason) => {
    const before = writes();
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization: basic(client) };
    await expectRefusal(world, await world.send('/bc-authorize', { method: 'POST', headers, body }), {
      status: 400,
      error: 'invalid_request',
      reason,
    });
    expect(writes()).toBe(before);
  });

  it('a body that is no form', async () => {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'text/plain', authorization: basic(client) },
      body: 'scope=openid',
    };
    await expectRefusal(world, await world.send('/bc-authorize', init), {
      status: 400,
      error: 'invalid_request',
      reason: 'unsupported_media_type',
    });
  });
});

describe('the user', () => {
  it('who is blocked is unknown, and an unknown one reads the same', async () => {
    const { sub, email } = await world.person();
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    const blocked = await world.ask(client, { login_hint: email });
    await expectRefusal(world, blocked, { status: 400, error: 'unknown_user_id', reason: 'unknown_user' });
    expect(blocked.text).toBe((await world.ask(client, { login_hint: 'nobody@example.com' })).text);
  });

  it('is the only one that a client registered for one user may name; all others are unknown to it', async () => {
    const one = await world.client({ only_sub: ana.sub });
    expect((await world.ask(one, { login_hint: ana.email })).status).toBe(200);
    const other = await world.person();
    for (const login_hint of [other.email, JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: other.sub })]) {
      const answer = await world.ask(one, { login_hint });
      await expectRefusal(world, answer, { status: 400, error: 'unknown_user_id', reason: 'unknown_user' });
      expect((await world.line(answer))['detail']).toBe('not_for_this_client');
    }
  });

  it('is shown what was granted, not what was asked: scopes the client may not have are dropped', async () => {
    const { email, phone } = await world.person();
    const form = {
      login_hint: email,
      scope: 'openid email profile admin',
      binding_message: 'Hi 1234',
      audience: 'https://api.example.com',
    };
    const { requestId } = await world.asked(client, form);
    const { shown } = await phone.read(requestId);
    expect(shown).toMatchObject({
      issuer: world.issuer,
      client_id: client.client_id,
      client_name: 'Harbor Bank',
      request_id: requestId,
      binding_message: 'Hi 1234',
      scopes: [
        { scope: 'openid', description: 'Confirm who you are' },
        { scope: 'profile', description: 'See your name' },
      ],
      audience: ['https://api.example.com'],
    });
  });
});

describe('the push', () => {
  it('tells ids and instants only, and lives no longer than the request', async () => {
    const { email, phone } = await world.person();
    const form = { login_hint: email, binding_message: 'SECRET 42', requested_expiry: '30' };
    const { requestId } = await world.asked(client, form);
    const delivery = world.runtime.push.deliveries.findLast(({ token }) => token === phone.identity.pushToken);
    expect(delivery?.attributes).toEqual({ 'AWS.SNS.MOBILE.FCM.TTL': '30' });
    expect(delivery?.payload).toEqual({
      fcmV1Message: {
        message: {
          data: {
            type: 'authentication_request',
            request_id: requestId,
            device_id: phone.identity.deviceId,
            expires_at: expect.any(String),
          },
          android: { priority: 'high', ttl: '30s', collapse_key: requestId },
        },
      },
    });
  });

  it('has the APNs form on an iPhone', async () => {
    const { sub, email } = await world.user();
    const phone = await world.phone(sub, { platform: 'APNS_SANDBOX' });
    const { requestId } = await world.asked(client, { login_hint: email });
    const delivery = world.runtime.push.deliveries.findLast(({ token }) => token === phone.identity.pushToken);
    expect(delivery?.attributes).toEqual({
      'AWS.SNS.MOBILE.APNS_SANDBOX.TTL': '120',
      'AWS.SNS.MOBILE.APNS.PUSH_TYPE': 'alert',
      'AWS.SNS.MOBILE.APNS.PRIORITY': '10',
      'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': requestId,
      'AWS.SNS.MOBILE.APNS.TOPIC': 'com.example.bank',
    });
    expect(delivery?.payload).toMatchObject({ aps: { 'mutable-content': 1 }, ciba: { request_id: requestId } });
    expect(JSON.stringify(delivery?.payload).length).toBeLessThan(4096);
  });

  it('reaches every device of the user', async () => {
    const { sub, email, phone } = await world.person();
    const second = await world.phone(sub);
    const { requestId } = await world.asked(client, { login_hint: email });
    const tokens = world.runtime.push.deliveries
      .filter(({ payload }) => JSON.stringify(payload).includes(requestId))
      .map(({ token }) => token);
    expect(tokens.sort()).toEqual([phone.identity.pushToken, second.identity.pushToken].sort());
    const again = await world.ask(client, { login_hint: email });
    expect((await world.line(again))['push_ids']).toMatch(/^[0-9a-f-]{36} [0-9a-f-]{36}$/);
  });

  it('succeeds when one of two devices is dead, marks the dead one, and refuses when both are', async () => {
    const { sub, email, phone } = await world.person();
    const second = await world.phone(sub);
    world.runtime.sns.disable(phone.identity.pushToken);
    const first = await world.ask(client, { login_hint: email });
    expect(first.status).toBe(200);
    expect(await world.line(first)).toMatchObject({
      devices: 2,
      accepted: 1,
      push_errors: 'EndpointDisabled',
    });
    const { body } = await world.admin('GET', `/admin/users/${sub}/devices`);
    expect((body['devices'] as { push: string }[]).map(({ push }) => push).sort()).toEqual([
      'reachable',
      'unreachable',
    ]);
    const { deviceId } = phone.identity;
    const marked = { event: 'device_unreachable', sub, deviceId, by: 'push service' };
    const audited = () =>
      world.logs.filter((line) => line.includes('device_unreachable')).map((line) => JSON.parse(line).audit);
    await expect.poll(audited).toContainEqual(expect.objectContaining(marked));
    world.runtime.sns.disable(second.identity.pushToken);
    const both = await world.ask(client, { login_hint: email });
    await expectRefusal(world, both, { status: 400, error: 'invalid_request', reason: 'no_reachable_device' });
    const stillPending = await phone.list();
    expect(stillPending).toHaveLength(1);
  });
});
