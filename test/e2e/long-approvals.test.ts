import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { type TestClient, World } from '../support/world.ts';

// A whole provider that lets requests wait for 72 hours. What DynamoDB would have swept by then is swept.

const HOUR = 3600;
const LIFE = 72 * HOUR;
const LIMITS = { expiryLimit: LIFE, messageWhileOpen: 'on', perUser: { perMinute: 50, perHour: 50, longPerDay: 3 } };
const PENDING = { status: 400, error: 'authorization_pending', reason: 'authorization_pending' };
const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

let endpoint: NotificationEndpoint;
let world: World;
let client: TestClient;
let ana: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  const variables = { REQUEST_LIMITS: JSON.stringify(LIMITS) };
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert], variables });
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});
beforeEach(async () => {
  client = await world.client();
  ana = await world.person();
});

const asked = (form: Record<string, string> = {}, by = client) =>
  world.asked(by, { login_hint: ana.email, requested_expiry: String(LIFE), ...form });
/** Lets hours pass, and sweeps what may be gone by then. */
async function pass(hours: number): Promise<void> {
  world.runtime.advance(hours * HOUR);
  await world.runtime.sweep();
}

describe('a request that waits for days', () => {
  it('gets 72 hours and a longer interval, and an approval in the last minute gives tokens that say when (CIBA §7.3, §11)', async () => {
    const answer = await world.ask(client, { login_hint: ana.email, requested_expiry: '999999' });
    expect(answer.body).toMatchObject({ expires_in: LIFE, interval: 120 });
    const push = world.runtime.push.deliveries.findLast(({ token }) => token === ana.phone.identity.pushToken);
    expect(push?.attributes).toEqual({ 'AWS.SNS.MOBILE.FCM.TTL': String(LIFE) });
    const { authReqId, requestId } = await asked({ binding_message: 'Contract 7' });
    await expectRefusal(world, await world.poll(client, authReqId), PENDING);
    expect((await world.poll(client, authReqId)).body).toMatchObject({ error: 'slow_down', interval: 125 });
    await pass(72 - 1 / 60);
    await expectRefusal(world, await world.poll(client, authReqId), PENDING);
    expect(await world.answer(ana.phone, requestId, 'approve')).toBe(204);
    world.runtime.advance(60 + 100);
    const tokens = await world.poll(client, authReqId);
    expectTokens(tokens);
    const { auth_time, iat } = decodeJwt<{ auth_time: number }>(String(tokens.body['id_token']));
    expect(Number(iat) - auth_time).toBeGreaterThanOrEqual(160);
  });

  it('is in the inbox of a phone that was enrolled after it was made, and that phone may answer', async () => {
    const first = await asked();
    await pass(24);
    const second = await asked({ binding_message: 'Order 2', requested_expiry: '7200' });
    const later = await world.phone(ana.sub);
    await pass(1);
    const inbox = await later.list();
    expect(inbox.map(({ request_id }) => request_id)).toEqual([second.requestId, first.requestId]);
    const [newer, older] = inbox.map(({ issued_at = 0, expires_at }) => ({ life: expires_at - issued_at, issued_at }));
    expect([newer?.life, older?.life]).toEqual([7200, LIFE]);
    expect(Number(newer?.issued_at) - Number(older?.issued_at)).toBeGreaterThanOrEqual(24 * HOUR);
    expect(await world.answer(later, first.requestId, 'approve')).toBe(204);
    expectTokens(await world.poll(client, first.authReqId));
  });

  it('is signed with the key of the moment, if keys rotated while it waited', async () => {
    const before = await asked({ requested_expiry: '600' });
    await world.answer(ana.phone, before.requestId, 'approve');
    const waiting = await asked({ binding_message: 'Contract 8' });
    const kidOf = async (authReqId: string) =>
      decodeProtectedHeader(String((await world.poll(client, authReqId)).body['id_token'])).kid;
    const first = await kidOf(before.authReqId);
    await world.runtime.host.invoke('signing-keys', { action: 'revoke', kid: first });
    await pass(48);
    await world.answer(ana.phone, waiting.requestId, 'approve');
    expect(await kidOf(waiting.authReqId)).not.toBe(first);
  });

  it('pings its client days later, whose token and auth_req_id were kept for that (CIBA §10.2)', async () => {
    endpoint.behave(204);
    const pinged = await world.client({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const { authReqId, requestId } = await asked({ client_notification_token: TOKEN }, pinged);
    await pass(71);
    expect(await world.answer(ana.phone, requestId, 'approve')).toBe(204);
    const pings = () => endpoint.received.filter(({ body }) => body.includes(authReqId));
    await expect.poll(() => pings().length).toBe(1);
    expectTokens(await world.poll(pinged, authReqId));
  });

  it('stays a question of its person until its end: others need a binding message', async () => {
    await asked();
    await pass(71);
    const needed = { status: 400, error: 'invalid_binding_message', reason: 'binding_message_needed' };
    await expectRefusal(world, await world.ask(client, { login_hint: ana.email }), needed);
    await pass(1);
    expect((await world.ask(client, { login_hint: ana.email })).status).toBe(200);
  });

  it('is gone for the person who gets the subject of a person that was erased meanwhile, and gives no tokens', async () => {
    const { authReqId, requestId } = await asked();
    await pass(24);
    expect((await world.admin('POST', `/admin/users/${ana.sub}/erase`)).status).toBe(204);
    await world.user({ sub: ana.sub, email: ana.email });
    const phone = await world.phone(ana.sub);
    expect(await phone.list()).toEqual([]);
    expect(await world.answer(phone, requestId, 'approve').catch(() => 404)).toBe(404);
    expect((await world.poll(client, authReqId)).body['error']).toBe('invalid_grant');
  });

  it('disappears from the inbox of a person who reports its client, and gives no tokens', async () => {
    const { authReqId } = await asked();
    const other = await asked({ binding_message: 'Contract 9' });
    await pass(24);
    const { bytes } = await ana.phone.read(other.requestId);
    expect((await ana.phone.answer(other.requestId, bytes, { reason: 'fraud' })).status).toBe(204);
    expect(await ana.phone.list()).toEqual([]);
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
  });
});

describe('the limit of long-lived requests', () => {
  it('is a number for each day, over all clients: then the person is left in peace until midnight (CIBA §14)', async () => {
    // The first hour of a day.
    await pass(24 - ((world.runtime.now() / HOUR) % 24) + 0.5);
    const message = (index: number) => ({ binding_message: `Contract ${index}` });
    for (const by of [client, await world.client(), client].entries()) await asked(message(by[0]), by[1]);
    const refused = await world.ask(client, { login_hint: ana.email, requested_expiry: '3601', ...message(4) });
    await expectRefusal(world, refused, { status: 403, error: 'access_denied', reason: 'user_rate_limited' });
    const seconds = Number(refused.headers.get('retry-after'));
    expect((world.runtime.now() + seconds) % (24 * HOUR)).toBeLessThan(2);
    expect((await world.ask(client, { login_hint: ana.email, requested_expiry: '3600', ...message(5) })).status).toBe(
      200,
    );
    const { body } = await world.admin('GET', `/admin/users/${ana.sub}/export`);
    expect(body['long_requests']).toEqual([{ day: expect.any(Number), count: 3 }]);
    world.runtime.advance(seconds);
    await asked(message(6));
  });
});
