import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { NotificationEndpoint } from '../support/notification-endpoint.ts';
import { PublishedEvents } from '../support/published-events.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// Withdrawal as a client and a phone see it. The rules are in test/core and test/flows, the writes in test/contract.

const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';
const WITHDRAWN = 'The client withdrew the authorization request.';

let world: World;
let endpoint: NotificationEndpoint;
let client: TestClient;
const events = new PublishedEvents();
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert], onEvent: events.add });
  client = await world.client();
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
  events.expectValid();
});

const withdraw = (authReqId: string, who: TestClient | undefined = client) =>
  world.post('/bc-authorize/withdraw', who, { auth_req_id: authReqId });

/** The one answer to whatever an authenticated client presents (RFC 7009 §2.2). */
async function expectDone(answer: Answer, reason: string): Promise<void> {
  expect([answer.status, answer.text, answer.headers.get('cache-control')]).toEqual([200, '', 'no-store']);
  expect(await world.reason(answer)).toBe(reason);
}
async function expectWithdrawn(authReqId: string, who = client): Promise<void> {
  const polled = await world.poll(who, authReqId);
  expect([polled.status, polled.body]).toEqual([400, { error: 'access_denied', error_description: WITHDRAWN }]);
  expect(await world.reason(polled)).toBe('withdrawn_by_client');
}
const pushesTo = (token: string) => world.runtime.push.deliveries.filter((delivery) => delivery.token === token);

describe('a client withdraws its request', () => {
  it('that waits: the phone is told, its list is empty, details and answer get 410, others hear of it', async () => {
    const { sub, email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    await expectDone(await withdraw(authReqId), 'withdrawn');
    await expectWithdrawn(authReqId);
    const { data, android } = Object(pushesTo(phone.identity.pushToken).at(-1)?.payload).fcmV1Message.message;
    const { deviceId } = phone.identity;
    expect(data).toEqual({
      type: 'request_withdrawn',
      request_id: requestId,
      device_id: deviceId,
      expires_at: expect.any(String),
    });
    expect(android).toMatchObject({ priority: 'normal', collapse_key: requestId });
    expect(await phone.list()).toEqual([]);
    const late = await phone.answer(requestId, bytes, 'approve');
    expect([late.status, await late.json()]).toMatchObject([410, { error: 'withdrawn' }]);
    await expect(phone.read(requestId)).rejects.toThrow('410 withdrawn');
    await expectWithdrawn(authReqId);
    const about = { client_id: client.client_id, sub, reason: 'withdrawn' };
    expect(await events.next('authentication_failed', about)).toBeDefined();
    const record = { event: 'request_withdrawn', requestId, sub, wasApproved: false };
    expect(world.trail(requestId).filter(({ event }) => event === 'request_withdrawn')).toMatchObject([record]);
  });

  it('on an iPhone by a background push with the collapse id of the request, which shows nothing', async () => {
    const { sub, email } = await world.user();
    const phone = await world.phone(sub, { platform: 'APNS_SANDBOX' });
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await expectDone(await withdraw(authReqId), 'withdrawn');
    const [first, second] = pushesTo(phone.identity.pushToken);
    expect(second?.attributes).toMatchObject({
      'AWS.SNS.MOBILE.APNS.PUSH_TYPE': 'background',
      'AWS.SNS.MOBILE.APNS.PRIORITY': '5',
      'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': first?.attributes['AWS.SNS.MOBILE.APNS.COLLAPSE_ID'],
    });
    expect(second?.payload).toMatchObject({
      aps: { 'content-available': 1 },
      ciba: { type: 'request_withdrawn', request_id: requestId },
    });
    expect(JSON.stringify(second?.payload)).not.toContain('alert');
  });

  it('that is approved: no tokens, and the phone that repeats its answer gets 410', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    await expectDone(await withdraw(authReqId), 'approval_withdrawn');
    await expectWithdrawn(authReqId);
    expect((await phone.answer(requestId, bytes, 'approve')).status).toBe(410);
  });

  it('and its phone is out of reach: it is withdrawn all the same', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    world.runtime.aws.interference = ({ action }) => (action === 'Publish' ? { status: 503, body: '' } : undefined);
    try {
      await expectDone(await withdraw(authReqId), 'withdrawn');
    } finally {
      world.runtime.aws.interference = undefined;
    }
    await expectWithdrawn(authReqId);
  });
});

describe('a withdrawal changes nothing', () => {
  it('of another client’s request, of a redeemed one, of an unknown id, and the second time', async () => {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    await expectDone(await withdraw(authReqId, await world.client()), 'foreign_auth_req_id');
    await world.answer(phone, requestId, 'approve');
    expect((await world.poll(client, authReqId)).status).toBe(200);
    await expectDone(await withdraw(authReqId), 'already_redeemed');
    await expectDone(await withdraw('A'.repeat(43)), 'unknown_auth_req_id');
    await expectDone(await withdraw('../../x'), 'unknown_auth_req_id');
    const other = await world.asked(client, { login_hint: email });
    await expectDone(await withdraw(other.authReqId), 'withdrawn');
    await expectDone(await withdraw(other.authReqId), 'withdrawn_by_client');
    expect(pushesTo(phone.identity.pushToken)).toHaveLength(3);
  });

  it('with a wrong secret, without an id, with two, with an id in the URL, or as JSON', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    const wrong = { ...client, client_secret: 'wrong' };
    const invalid = { status: 400, error: 'invalid_request' } as const;
    await expectRefusal(world, await withdraw(authReqId, wrong), {
      status: 401,
      error: 'invalid_client',
      reason: 'wrong_client_secret',
    });
    const path = '/bc-authorize/withdraw';
    const inUrl = await world.post(`${path}?auth_req_id=${authReqId}`, client, {});
    await expectRefusal(world, inUrl, { ...invalid, reason: 'missing_parameter' });
    const twice = await world.post(path, client, `auth_req_id=${authReqId}&auth_req_id=${authReqId}`);
    await expectRefusal(world, twice, { ...invalid, reason: 'repeated_parameter' });
    const text = await world.send(path, {
      method: 'POST',
      headers: { 'content-type': 'text/plain' },
      body: JSON.stringify({ auth_req_id: authReqId }),
    });
    await expectRefusal(world, text, { ...invalid, reason: 'unsupported_media_type' });
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
  });
});

describe('a client that is told', () => {
  const told = (mode: 'ping' | 'push') =>
    world.client({
      backchannel_token_delivery_mode: mode,
      backchannel_client_notification_endpoint: endpoint.url,
      ...(mode === 'push' && { grant_types: [] }),
    });
  const reasonsOf = (txn: unknown) =>
    world.logs
      .filter((line) => line.includes('"client-notification"') && line.includes(`"${String(txn)}"`))
      .map((line) => (JSON.parse(line) as { reason?: string }).reason);

  it.each(['ping', 'push'] as const)('in %s mode hears nothing of a request that it withdrew', async (mode) => {
    const who = await told(mode);
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(who, { login_hint: email, client_notification_token: TOKEN });
    const { bytes } = await phone.read(requestId);
    const answer = await withdraw(authReqId, who);
    await expectDone(answer, 'withdrawn');
    expect((await phone.answer(requestId, bytes, 'deny')).status).toBe(410);
    // A message about it comes all the same, and leads to nothing.
    await world.announceAtOnce(requestId, 2);
    const { txn } = await world.line(answer);
    expect(reasonsOf(txn)).toContain('request_withdrawn');
    expect(endpoint.received.filter(({ body }) => body.includes(authReqId))).toEqual([]);
    const kept = await world.stored('Transactions', { pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });
    expect(Object.keys(kept ?? {})).not.toContain('auth_req_id');
  });
});

it('a withdrawal, an approval and polls at once: tokens, or access_denied for good', async () => {
  for (let round = 0; round < 6; round += 1) {
    const { email, phone } = await world.person();
    const { authReqId, requestId } = await world.asked(client, { login_hint: email });
    const { bytes } = await phone.read(requestId);
    if (round % 2 === 0) await phone.answer(requestId, bytes, 'approve');
    const [withdrawn, answered, ...polls] = await Promise.all([
      withdraw(authReqId),
      phone.answer(requestId, bytes, 'approve'),
      ...Array.from({ length: 5 }, () => world.poll(client, authReqId)),
    ]);
    expect(withdrawn.status).toBe(200);
    expect([204, 410]).toContain(answered.status);
    const successes = polls.filter(({ status }) => status === 200);
    const last = await world.poll(client, authReqId);
    const isWithdrawn = /withdrawn$/.test(String(await world.reason(withdrawn)));
    expect(successes).toHaveLength(isWithdrawn ? 0 : 1);
    expect(last.body['error']).toBe(isWithdrawn ? 'access_denied' : 'invalid_grant');
  }
});
