import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { type Line, totalsOf, violationsIn } from '../support/embedded-metrics.ts';
import { NotificationEndpoint, type Ping } from '../support/notification-endpoint.ts';
import { type LogLine, requestIdOf, type TestClient, World } from '../support/world.ts';

const TOKEN = '8d67dc78-7faa-4d41-aabd-67707b374255';

let endpoint: NotificationEndpoint;
let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;

beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ clock: 'running', trustedCertificates: [endpoint.cert] });
  client = await pingClient();
  person = await world.person();
});
beforeEach(() => endpoint.behave(204));
afterEach(() => {
  world.runtime.aws.interference = undefined;
});
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

function pingClient(url = endpoint.url): Promise<TestClient> {
  return world.client({
    backchannel_token_delivery_mode: 'ping',
    backchannel_client_notification_endpoint: url,
  });
}

const asked = (form: Record<string, string> = {}) =>
  world.asked(client, { login_hint: person.email, client_notification_token: TOKEN, ...form });

/** The lines that `client-notification` has left of a request with this reason. */
const linesOf = (txn: unknown, reason: string): LogLine[] =>
  world.logs
    .filter((line) => line.includes('"client-notification"') && line.includes('"message":"request"'))
    .map((line) => JSON.parse(line) as LogLine)
    .filter((line) => line['txn'] === txn && line['reason'] === reason);

/** Its first line with this reason, once there is one. */
async function notificationLine(txn: unknown, reason: string): Promise<LogLine> {
  await expect.poll(() => linesOf(txn, reason)).not.toEqual([]);
  return linesOf(txn, reason)[0] as LogLine;
}

async function txnOf(authReqId: string): Promise<unknown> {
  return (await world.line(await world.poll(client, authReqId)))['txn'];
}

/** Token and auth_req_id are kept no longer than somebody may need them. */
async function expectForgotten(requestId: string): Promise<void> {
  const item = await world.stored('Transactions', { pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });
  expect(Object.keys(item ?? {})).not.toContain('auth_req_id');
  expect(Object.keys(item ?? {})).not.toContain('token');
}

/** Pings that came for one request. */
const pingsFor = (authReqId: string) => endpoint.received.filter(({ body }) => body.includes(authReqId));

/** The first ping for one request, as soon as there is one: those of other tests may still be tried again. */
async function pingFor(authReqId: string): Promise<Ping> {
  await expect.poll(() => pingsFor(authReqId)).not.toEqual([]);
  return pingsFor(authReqId)[0] as Ping;
}

describe('a client that is pinged (CIBA §10.2)', () => {
  it('is POSTed the auth_req_id with its own token after an approval, and may redeem at once', async () => {
    const { authReqId, requestId } = await asked();
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    expect(await world.answer(person.phone, requestId, 'approve')).toBe(204);
    const ping = await pingFor(authReqId);
    // Right after a poll: the end beats slow_down.
    expectTokens(await world.poll(client, authReqId));
    expect(ping.method).toBe('POST');
    expect(ping.headers).toMatchObject({ authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' });
    expect(JSON.parse(ping.body)).toEqual({ auth_req_id: authReqId });
    // Firewalls refuse callers without one, and a refusal is final.
    expect(ping.headers['user-agent']).toBe('ciba-provider');
  });

  it('gets its token back byte for byte, up to 1024 characters', async () => {
    const token = `${'aZ09-._~+/'.repeat(102)}abc=`;
    expect(token).toHaveLength(1024);
    const { authReqId, requestId } = await asked({ client_notification_token: token });
    await world.answer(person.phone, requestId, 'approve');
    expect((await pingFor(authReqId)).headers['authorization']).toBe(`Bearer ${token}`);
  });

  it('is told of an approval that was taken back since, and gets access_denied for it', async () => {
    const { sub, email, phone } = await world.person();
    const { authReqId, requestId } = await asked({ login_hint: email });
    await world.answer(phone, requestId, 'approve');
    await pingFor(authReqId);
    await world.admin('PATCH', `/admin/users/${sub}`, { blocked: true });
    const error = { status: 400, error: 'access_denied', reason: 'approval_taken_back' };
    await expectRefusal(world, await world.poll(client, authReqId), error);
    await expectForgotten(requestId);
  });
});

describe('any HTTP answer ends it', () => {
  it.each([200, 302, 500])('%i: no second ping, no redirect followed', async (status) => {
    endpoint.behave(status);
    const { authReqId, requestId } = await asked();
    const txn = await txnOf(authReqId);
    await world.answer(person.phone, requestId, 'approve');
    await pingFor(authReqId);
    const line = await notificationLine(txn, 'notified');
    expect(line).toMatchObject({ notification_status: status, detail: status === 200 ? 'accepted' : 'refused' });
    // What would come again would come before the ping of a later request.
    world.runtime.advance(60);
    endpoint.behave(204);
    const later = await asked();
    await world.answer(person.phone, later.requestId, 'deny');
    await expect.poll(() => pingsFor(later.authReqId)).toHaveLength(1);
    expect(pingsFor(authReqId)).toHaveLength(1);
  });
});

describe('an endpoint that can not be reached', () => {
  it('is tried again after a pause, and pinged once it is there', async () => {
    endpoint.behave('drop');
    const { authReqId, requestId } = await asked();
    const txn = await txnOf(authReqId);
    await world.answer(person.phone, requestId, 'approve');
    const line = await notificationLine(txn, 'endpoint_unreachable');
    expect(line).toMatchObject({ status: 202, detail: 'connection_failed', client_id: client.client_id });
    endpoint.behave(204);
    world.runtime.advance(30);
    await expect.poll(() => pingsFor(authReqId).length).toBeGreaterThan(1);
    await notificationLine(txn, 'notified');
    expectTokens(await world.poll(client, authReqId));
  });

  it('is told nothing once the client has its tokens by polling', async () => {
    endpoint.behave('drop');
    const { authReqId, requestId } = await asked();
    const txn = await txnOf(authReqId);
    await world.answer(person.phone, requestId, 'approve');
    await notificationLine(txn, 'endpoint_unreachable');
    expectTokens(await world.poll(client, authReqId));
    world.runtime.advance(30);
    await notificationLine(txn, 'redeemed_already');
    await expectForgotten(requestId);
  });

  it('holds up no other client', async () => {
    endpoint.behave('hang', ({ path }) => path === '/slow');
    // On a machine so busy that the slow endpoint is given up meanwhile nothing is shown, and another try is due.
    let isOvertaken = false;
    for (let tries = 0; !isOvertaken && tries < 5; tries += 1) isOvertaken = await overtakesSlowClient();
    expect(isOvertaken).toBe(true);
  });
});

/** Whether a ping arrives while an earlier one still waits for an answer from its endpoint. */
async function overtakesSlowClient(): Promise<boolean> {
  const slow = await pingClient(`${endpoint.url}slow`);
  const first = await world.asked(slow, { login_hint: person.email, client_notification_token: TOKEN });
  const second = await asked();
  await world.answer(person.phone, first.requestId, 'approve');
  await pingFor(first.authReqId);
  await world.answer(person.phone, second.requestId, 'approve');
  await pingFor(second.authReqId);
  const isOf = (line: string) => line.includes('endpoint_unreachable') && line.includes(slow.client_id);
  return !world.logs.some(isOf);
}

describe('what is announced is only an intent', () => {
  it('a decision that could not be committed is announced but never pinged; the answer that commits it is', async () => {
    const { authReqId, requestId } = await asked();
    const txn = await txnOf(authReqId);
    const { bytes } = await person.phone.read(requestId);
    world.runtime.aws.interference = ({ caller, action, body }) =>
      caller === 'device' && action === 'UpdateItem' && body.includes('REQUEST#')
        ? { status: 500, body: '{"__type":"InternalServerError"}' }
        : undefined;
    expect((await person.phone.answer(requestId, bytes, 'approve')).status).toBe(500);
    await notificationLine(txn, 'not_decided_yet');
    expect(pingsFor(authReqId)).toEqual([]);
    world.runtime.aws.interference = undefined;
    expect((await person.phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    await notificationLine(txn, 'notified');
    world.runtime.advance(2);
    await notificationLine(txn, 'notified_already');
    expect(pingsFor(authReqId)).toHaveLength(1);
  });

  it('an answer that is repeated is announced once, and leaves its evidence once', async () => {
    const { authReqId, requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    const before = world.runtime.aws.calls.length;
    for (let times = 0; times < 50; times += 1)
      expect((await person.phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    const announced = world.runtime.aws.calls
      .slice(before)
      .filter(({ caller, action }) => caller === 'device' && action === 'Publish');
    expect(announced).toHaveLength(1);
    const evidence = (line: string) => line.includes('decision_evidence') && line.includes(requestId);
    expect(world.logs.filter(evidence)).toHaveLength(1);
    await pingFor(authReqId);
  });

  it('a decision that is committed when its request has just expired is pinged all the same', async () => {
    const { authReqId, requestId } = await asked({ requested_expiry: '10' });
    const txn = await txnOf(authReqId);
    const { bytes } = await person.phone.read(requestId);
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    world.runtime.aws.interference = async ({ caller, action, body }) => {
      if (caller === 'device' && action === 'UpdateItem' && body.includes('REQUEST#')) await held;
      return undefined;
    };
    const answering = person.phone.answer(requestId, bytes, 'approve');
    await notificationLine(txn, 'not_decided_yet');
    world.runtime.advance(11);
    release?.();
    expect((await answering).status).toBe(204);
    await expect.poll(() => pingsFor(authReqId)).toHaveLength(1);
    expectTokens(await world.poll(client, authReqId));
  });

  it('without the announcement there is no decision: the phone may answer again', async () => {
    const { authReqId, requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    world.runtime.aws.interference = ({ caller, action }) =>
      caller === 'device' && action === 'Publish' ? { status: 500, body: '' } : undefined;
    expect((await person.phone.answer(requestId, bytes, 'approve')).status).toBe(500);
    world.runtime.aws.interference = undefined;
    expect((await world.poll(client, authReqId)).body['error']).toBe('authorization_pending');
    expect((await person.phone.answer(requestId, bytes, 'approve')).status).toBe(204);
    expect(JSON.parse((await pingFor(authReqId)).body)).toEqual({ auth_req_id: authReqId });
  });

  it('delivered ten times at once it pings once', async () => {
    const { authReqId, requestId } = await asked();
    await world.answer(person.phone, requestId, 'approve');
    await world.announceAtOnce(requestId, 10);
    await pingFor(authReqId);
    expect(pingsFor(authReqId)).toHaveLength(1);
  });

  it('that nobody sent, about a request that nobody knows, pings nobody', async () => {
    const before = endpoint.received.length;
    const record = {
      messageId: 'forged',
      receiptHandle: 'forged',
      body: JSON.stringify({ request_id: 'x'.repeat(43), correlation_id: 'forged' }),
      attributes: { ApproximateReceiveCount: '1', SentTimestamp: '1' },
    };
    const answer = await world.runtime.host.invoke('client-notification', { Records: [record] });
    expect(answer).toEqual({ batchItemFailures: [] });
    expect(endpoint.received).toHaveLength(before);
  });
});

describe('a client that polls', () => {
  it('is not announced, and what it sends as client_notification_token is neither read nor stored', async () => {
    const polling = await world.client();
    const before = world.runtime.aws.calls.length;
    const form = { login_hint: person.email, client_notification_token: 'not a token' };
    const { requestId } = await world.asked(polling, form);
    await world.answer(person.phone, requestId, 'approve');
    const calls = world.runtime.aws.calls.slice(before).filter(({ caller }) => caller !== 'client-notification');
    expect(calls.filter(({ caller, service }) => caller === 'device' && service === 'sns')).toEqual([]);
    expect(calls.filter(({ body }) => body.includes('NOTIFICATION#'))).toEqual([]);
    expect(calls.filter(({ body }) => body.includes('not a token'))).toEqual([]);
  });
});

describe('what operators and developers see', () => {
  it('one correlation id from the phone’s answer through the queue to the ping, and one txn of all', async () => {
    const first = await world.ask(client, { login_hint: person.email, client_notification_token: TOKEN });
    const authReqId = String(first.body['auth_req_id']);
    const requestId = requestIdOf(authReqId);
    const { bytes } = await person.phone.read(requestId);
    const response = await person.phone.answer(requestId, bytes, 'approve');
    const ping = await pingFor(authReqId);
    const { txn } = await world.line(first);
    const line = await notificationLine(txn, 'notified');
    expect(line).toMatchObject({ route: 'SQS client-notification', status: 200, detail: 'accepted' });
    expect(line['correlation_id']).toBe(response.headers.get('x-correlation-id'));
    expect(ping.headers['x-correlation-id']).toBe(line['correlation_id']);
  });

  it('each attempt counted by what came of it, and the seconds until it was answered', async () => {
    const { authReqId, requestId } = await asked();
    const txn = await txnOf(authReqId);
    // The endpoint itself tells the two pings apart: the second comes a second later, however busy the machine is.
    endpoint.behave(['drop', 500], ({ body }) => body.includes(authReqId));
    await world.answer(person.phone, requestId, 'approve');
    await notificationLine(txn, 'notified');
    const lines = world.logs.filter((line) => line.includes('"client-notification"') && line.includes(String(txn)));
    expect(lines.flatMap(violationsIn)).toEqual([]);
    const { PingSeconds, ...counts } = totalsOf(lines.map((line) => JSON.parse(line) as Line));
    expect(counts).toEqual({ 'PingAttempts{detail=connection_failed}': 1, 'PingAttempts{detail=refused}': 1 });
    expect(PingSeconds).toBeGreaterThanOrEqual(1);
  });

  it('no token and no auth_req_id in the log, in the queue, or in the table once the client was pinged', async () => {
    const { authReqId, requestId } = await asked({ client_notification_token: 'seeded-notification-token' });
    const txn = await txnOf(authReqId);
    await world.answer(person.phone, requestId, 'approve');
    await pingFor(authReqId);
    await notificationLine(txn, 'notified');
    for (const secret of ['seeded-notification-token', authReqId]) {
      expect(world.logs.filter((line) => line.includes(secret))).toEqual([]);
      const { calls } = world.runtime.aws;
      const queued = calls.filter(({ service, body }) => service !== 'dynamodb' && body.includes(secret));
      expect(queued).toEqual([]);
    }
    const item = await world.stored('Transactions', { pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });
    expect(Object.keys(item ?? {}).toSorted()).toEqual([
      'leased_by',
      'leased_until',
      'notified_at',
      'pk',
      'sk',
      'tries',
      'ttl',
    ]);
  });
});
