import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../local/aws/json-answer.ts';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal, expectTokens } from '../support/assertions.ts';
import { awsCall, holdCall } from '../support/held-call.ts';
import { NotificationEndpoint, type Ping } from '../support/notification-endpoint.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { type Answer, requestIdOf, type TestClient, World } from '../support/world.ts';

/** The answer of an AWS service that is out. */
const OUT = jsonAnswer('1.0', { __type: 'InternalServerError' }, 500);

let world: World;
let endpoint: NotificationEndpoint;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({ variables: { REQUEST_LIMITS: '{}' }, trustedCertificates: [endpoint.cert] });
});
beforeEach(async () => {
  // To the start of an hour, so that no window ends in the middle of a test.
  world.runtime.advance(3600 - (world.runtime.now() % 3600) + 1);
  client = await world.client();
  person = await world.person();
});
afterEach(() => {
  world.runtime.aws.interference = undefined;
});
afterAll(async () => {
  await world?.close();
  await endpoint?.close();
});

const ask = (by = client, form: Record<string, string> = {}) => world.ask(by, { login_hint: person.email, ...form });
const asked = (by = client, form: Record<string, string> = {}) =>
  world.asked(by, { login_hint: person.email, ...form });
const rung = () => world.runtime.push.deliveries.length;
const paused = { status: 403, error: 'access_denied', reason: 'client_paused' };

/** Denies a request with a reason. */
async function deny(requestId: string, reason?: string, phone: Phone = person.phone): Promise<Answer> {
  const { bytes } = await phone.read(requestId);
  return sendAnswer(world, phone, { requestId, bytes, claims: { decision: 'deny', ...(reason && { reason }) } });
}

/** The client asks, and the user reports it for fraud. */
async function report(by = client, form: Record<string, string> = {}): Promise<void> {
  const { requestId } = await asked(by, form);
  expect((await deny(requestId, 'fraud')).status).toBe(204);
  // Past the pause that every denial makes.
  world.runtime.advance(15);
}

/** Lets time pass until a ping comes: its message may have been read before the denial was stored, and then waits. */
async function nextPing(): Promise<Ping> {
  const clock = setInterval(() => world.runtime.advance(1), 50);
  return endpoint.next().finally(() => clearInterval(clock));
}

describe('a push that never rang (V15)', () => {
  it('is given back: 30 outages of SNS in an hour do not use up the limits of the user', async () => {
    const { email } = person;
    world.runtime.aws.interference = (call) => (call.service === 'sns' && call.action === 'Publish' ? OUT : undefined);
    // Five at a time, which is as many as the user may be asked within a minute. Each is tried again for a while.
    for (let round = 0; round < 7; round += 1) {
      const answers = await Promise.all([1, 2, 3, 4, 5].map(() => world.ask(client, { login_hint: email })));
      for (const answer of answers)
        await expectRefusal(world, answer, {
          status: 503,
          error: 'temporarily_unavailable',
          reason: 'push_unavailable',
        });
      world.runtime.advance(25);
    }
    world.runtime.aws.interference = undefined;
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(403);
  });

  it('keeps the counts of concurrent attempts right, of which some rang and some did not', async () => {
    // By the message, so that the SDK's repetitions meet the same fate.
    const isOut = (body: Uint8Array) => (createHash('sha256').update(body).digest().at(0) ?? 0) % 2 === 0;
    world.runtime.aws.interference = ({ action, body }) => (action === 'Publish' && isOut(body) ? OUT : undefined);
    const other = await world.client();
    const answers = await Promise.all([ask(), ask(other), ask(), ask(other)]);
    world.runtime.aws.interference = undefined;
    const left = 5 - answers.filter(({ status }) => status === 200).length;
    for (let attempt = 0; attempt < left; attempt += 1) expect((await ask()).status).toBe(200);
    expect((await ask()).status).toBe(403);
  });
});

describe('a client without a limit of its own', () => {
  it('may ask 60 times a minute by default, over all users; a registered limit wins', async () => {
    const small = await world.client({ requests_per_minute: 1 });
    const large = await world.client({ requests_per_minute: 70 });
    const askUnknown = (by: TestClient) => world.ask(by, { login_hint: 'iss_sub' });
    const statuses = async (by: TestClient, count: number) => {
      const all = await Promise.all(Array.from({ length: count }, () => askUnknown(by)));
      return all.filter(({ status }) => status === 403).length;
    };
    expect([await statuses(client, 62), await statuses(small, 2), await statuses(large, 70)]).toEqual([2, 1, 0]);
  });
});

describe('a client that guesses users (CIBA §13)', () => {
  it('is refused for an hour after 100 unknown users, whomever it names', async () => {
    const guesser = await world.client({ requests_per_minute: 300 });
    const guess = (count: number) =>
      Promise.all(
        Array.from({ length: count }, (_, index) => world.ask(guesser, { login_hint: `g${index}@example.com` })),
      );
    expect((await guess(99)).every(({ status }) => status === 400)).toBe(true);
    expect((await ask(guesser)).status).toBe(200);
    await guess(1);
    const refused = await ask(guesser);
    await expectRefusal(world, refused, { status: 403, error: 'access_denied', reason: 'too_many_unknown_users' });
    expect(refused.headers.get('retry-after')).toBe('3600');
    expect((await ask()).status).toBe(200);
    world.runtime.advance(3599);
    expect((await ask(guesser)).status).toBe(403);
    world.runtime.advance(1);
    expect((await ask(guesser)).status).toBe(200);
  });
});

describe('after a plain denial', () => {
  it('the client pauses: 15 seconds, then a minute, with 403 and Retry-After, and no phone rings', async () => {
    for (const seconds of [15, 60, 240]) {
      const { requestId } = await asked();
      expect((await deny(requestId)).status).toBe(204);
      const before = rung();
      const refused = await ask();
      await expectRefusal(world, refused, paused);
      expect(refused.headers.get('retry-after')).toBe(String(seconds));
      world.runtime.advance(seconds - 1);
      expect((await ask()).headers.get('retry-after')).toBe('1');
      expect(rung()).toBe(before);
      world.runtime.advance(1);
    }
    expect((await ask()).status).toBe(200);
  });

  it('an approval ends the pauses; the next denial begins with the first one', async () => {
    await deny((await asked()).requestId);
    world.runtime.advance(15);
    const { authReqId, requestId } = await asked();
    expect(await world.answer(person.phone, requestId, 'approve')).toBe(204);
    expectTokens(await world.poll(client, authReqId));
    await deny((await asked()).requestId);
    expect((await ask()).headers.get('retry-after')).toBe('15');
  });

  it('other clients may ask the user, and the client may ask other users', async () => {
    await deny((await asked()).requestId);
    expect((await ask(await world.client())).status).toBe(200);
    const other = await world.person();
    expect((await world.ask(client, { login_hint: other.email })).status).toBe(200);
  });

  it('a client that asks on and on uses up no limit of the user', async () => {
    await deny((await asked()).requestId);
    for (let attempt = 0; attempt < 10; attempt += 1) await expectRefusal(world, await ask(), paused);
    const other = await world.client();
    for (let attempt = 0; attempt < 4; attempt += 1) expect((await ask(other)).status).toBe(200);
  });

  it('an operator sees the pause and can end it', async () => {
    await deny((await asked()).requestId);
    const path = `/admin/users/${person.sub}/blocks`;
    const { body } = await world.admin('GET', path);
    const until = world.runtime.now() + 15;
    expect(body).toEqual({ blocks: [{ client_id: client.client_id, denials: 1, paused_until: until }] });
    expect((await world.admin('DELETE', `${path}/${client.client_id}`)).status).toBe(204);
    expect((await ask()).status).toBe(200);
  });
});

describe('a denial that reports fraud (RFC 10027 §6.1.6)', () => {
  it('blocks the client at once: it gets 200 as ever, no phone rings, and no list shows its request', async () => {
    const usual = await ask();
    await report();
    const before = rung();
    const silent = await ask();
    expect(silent.status).toBe(200);
    expect(rung()).toBe(before);
    expect(Object.keys(silent.body)).toEqual(Object.keys(usual.body));
    expect(silent.text).toHaveLength(usual.text.length);
    expect([...silent.headers.keys()]).toEqual([...usual.headers.keys()]);
    expect({ ...silent.body, auth_req_id: '' }).toEqual({ ...usual.body, auth_req_id: '' });
    expect(await person.phone.list()).toEqual([]);
  });

  it('tells the client of a denial after as long as a person takes, word for word as of a true one', async () => {
    const denied = await asked();
    const pendingBefore = await world.poll(client, denied.authReqId);
    await deny(denied.requestId);
    const trueDenial = await world.poll(client, denied.authReqId);
    world.runtime.advance(15);
    await report();
    world.runtime.advance(60);
    const { authReqId } = await asked();
    const pending = await world.poll(client, authReqId);
    expect([pending.status, pending.text]).toEqual([pendingBefore.status, pendingBefore.text]);
    expect((await world.poll(client, authReqId)).body['error']).toBe('slow_down');
    world.runtime.advance(4);
    expect((await world.poll(client, authReqId)).body['error']).not.toBe('access_denied');
    world.runtime.advance(41);
    const silent = await world.poll(client, authReqId);
    expect([silent.status, silent.text]).toEqual([trueDenial.status, trueDenial.text]);
    expect([...silent.headers.keys()]).toEqual([...trueDenial.headers.keys()]);
    await expectRefusal(world, silent, { status: 400, error: 'access_denied', reason: 'client_reported' });
    // A denial stays what it is after the request expired, and the client pauses after it like after a true one.
    await expectRefusal(world, await ask(), paused);
    world.runtime.advance(600);
    expect((await world.poll(client, authReqId)).text).toBe(trueDenial.text);
  });

  it('blocks for this user alone, and other clients may ask', async () => {
    await report();
    const other = await world.person();
    const [before, theirs] = [rung(), await world.asked(client, { login_hint: other.email })];
    expect(await world.answer(other.phone, theirs.requestId, 'approve')).toBe(204);
    await asked(await world.client());
    expect(rung()).toBe(before + 2);
  });

  it('hides the open requests of the client, and what the user approved of them gives no tokens', async () => {
    const [approved, open] = [await asked(), await asked()];
    await world.answer(person.phone, approved.requestId, 'approve');
    const shown = await person.phone.read(open.requestId);
    await report();
    expect(await person.phone.list()).toEqual([]);
    await expect(person.phone.read(open.requestId)).rejects.toThrow('404');
    const taken = { status: 400, error: 'access_denied', reason: 'approval_taken_back' };
    await expectRefusal(world, await world.poll(client, approved.authReqId), taken);
    // A phone that had it on its screen may still answer.
    expect((await person.phone.answer(open.requestId, shown.bytes, 'approve')).status).toBe(204);
    await expectRefusal(world, await world.poll(client, open.authReqId), taken);
  });

  it('leaves the user their limit, and the blocked client meets a limit like before', async () => {
    await report();
    world.runtime.advance(60);
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await ask()).status).toBe(200);
    expect(await world.reason(await ask())).toBe('user_rate_limited');
    const other = await world.client();
    for (let attempt = 0; attempt < 5; attempt += 1) expect((await ask(other)).status).toBe(200);
  });

  it('is in the trail before and after it took hold, with the evidence first', async () => {
    const { requestId } = await asked();
    await deny(requestId, 'fraud');
    const stored = world.trail(requestId).map(({ event, phase }) => `${event} ${phase}`);
    const order = [
      'decision_evidence intended',
      'client_blocked intended',
      'client_blocked done',
      'decision_recorded done',
    ];
    expect([...new Set(stored)]).toEqual(order);
    const [blocked] = world.trail(requestId).filter(({ event }) => event === 'client_blocked');
    const { deviceId } = person.phone.identity;
    expect(blocked).toMatchObject({ sub: person.sub, clientId: client.client_id, requestId, by: deviceId });
  });

  it('holds until an operator looks: the client rings again only after unblock-client', async () => {
    await report();
    world.runtime.advance(86_400 * 30);
    const before = rung();
    expect((await ask()).status).toBe(200);
    expect(rung()).toBe(before);
    const path = `/admin/users/${person.sub}/blocks`;
    const { body } = await world.admin('GET', path);
    expect(body).toMatchObject({ blocks: [{ client_id: client.client_id, reported_at: expect.any(Number) }] });
    expect((await world.admin('DELETE', `${path}/${client.client_id}`)).status).toBe(204);
    expect((await world.admin('DELETE', `${path}/${client.client_id}`)).status).toBe(404);
    expect((await world.admin('GET', path)).body).toEqual({ blocks: [] });
    expect((await ask()).status).toBe(200);
    expect(rung()).toBe(before + 1);
    const events = world.trail(person.sub).filter(({ event }) => event === 'client_unblocked');
    expect(events.map(({ phase }) => phase)).toEqual(expect.arrayContaining(['intended', 'done']));
  });

  it('is counted as a report, and the requests of a blocked client are not counted as asked', async () => {
    const { requestId } = await asked();
    const line = await world.line(await deny(requestId, 'fraud'));
    expect(line).toMatchObject({ FraudReports: 1, Denials: 1, reported: true });
    world.runtime.advance(15);
    expect(await world.line(await ask())).not.toHaveProperty('RequestsStarted');
  });

  it('pings the client after the delay, in the form of a true ping, and then it is denied', async () => {
    const ping = await world.client({
      backchannel_token_delivery_mode: 'ping',
      backchannel_client_notification_endpoint: endpoint.url,
    });
    const form = { client_notification_token: 'a'.repeat(28) };
    await report(ping, form);
    const trueOne = await nextPing();
    const { authReqId } = await asked(ping, form);
    await expect.poll(() => world.logs.some((line) => line.includes('not_decided_yet'))).toBe(true);
    expect(endpoint.received.filter(({ body }) => body.includes(authReqId))).toEqual([]);
    const silent = await nextPing();
    expect(silent.json).toEqual({ auth_req_id: authReqId });
    expect(silent.body).toHaveLength(trueOne.body.length);
    expect(Object.keys(silent.headers)).toEqual(Object.keys(trueOne.headers));
    expect(String(silent.headers['x-correlation-id'])).toHaveLength(String(trueOne.headers['x-correlation-id']).length);
    const denied = await world.poll(ping, authReqId);
    await expectRefusal(world, denied, { status: 400, error: 'access_denied', reason: 'client_reported' });
  });
});

describe('races of a report of fraud', () => {
  it('no request that begins after the report was acknowledged rings, whatever runs beside it', async () => {
    const { requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    const others = await Promise.all(Array.from({ length: 3 }, () => world.client()));
    const beside = [client, ...others, client].map((by) => ask(by));
    const claims = { decision: 'deny', reason: 'fraud' };
    const [answer] = await Promise.all([sendAnswer(world, person.phone, { requestId, bytes, claims }), ...beside]);
    expect(answer?.status).toBe(204);
    const before = rung();
    world.runtime.advance(60);
    const after = await Promise.all(Array.from({ length: 5 }, () => ask()));
    expect(after.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(rung()).toBe(before);
    expect((await person.phone.list()).length).toBeLessThanOrEqual(others.length);
  });

  it('a request whose user was read before the report may ring, but no phone shows it and it gives no tokens', async () => {
    const { requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    const put = holdCall(world, awsCall('PutItem', 'backchannel-authentication', 'REQUEST#'));
    const concurrent = ask();
    await put.held;
    const claims = { decision: 'deny', reason: 'fraud' };
    expect((await sendAnswer(world, person.phone, { requestId, bytes, claims })).status).toBe(204);
    put.release();
    expect((await concurrent).status).toBe(200);
    expect(await person.phone.list()).toEqual([]);
  });

  it('an approval of another request that is committed after the report gives no tokens', async () => {
    const [reported, open] = [await asked(), await asked()];
    const [{ bytes }, shown] = [await person.phone.read(reported.requestId), await person.phone.read(open.requestId)];
    const decision = holdCall(world, awsCall('UpdateItem', 'device', `REQUEST#${open.requestId}`));
    const approval = person.phone.answer(open.requestId, shown.bytes, 'approve');
    await decision.held;
    const claims = { decision: 'deny', reason: 'fraud' };
    expect((await sendAnswer(world, person.phone, { requestId: reported.requestId, bytes, claims })).status).toBe(204);
    decision.release();
    expect((await approval).status).toBe(204);
    const taken = { status: 400, error: 'access_denied', reason: 'approval_taken_back' };
    await expectRefusal(world, await world.poll(client, open.authReqId), taken);
  });

  it('a phone that got no acknowledgement of its report has it after all, or may send it again', async () => {
    const { requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    const send = () =>
      sendAnswer(world, person.phone, { requestId, bytes, claims: { decision: 'deny', reason: 'fraud' } });
    world.runtime.aws.interference = (call) =>
      awsCall('UpdateItem', 'device', `REQUEST#${requestId}`)(call) ? OUT : undefined;
    expect((await send()).status).toBe(500);
    world.runtime.aws.interference = undefined;
    const before = rung();
    world.runtime.advance(15);
    expect((await ask()).status).toBe(200);
    expect(rung()).toBe(before);
    expect((await send()).status).toBe(204);
  });
});

describe('where a client may have one request open with each user', () => {
  it('concurrent ones are refused but one, and it may ask again after the decision or the expiry', async () => {
    const strict = await World.start({ variables: { REQUEST_LIMITS: '{"perUser":"off","oneOpenRequest":"on"}' } });
    try {
      const bank = await strict.client();
      const ana = await strict.person();
      const askAll = () => Promise.all(Array.from({ length: 8 }, () => strict.ask(bank, { login_hint: ana.email })));
      const refused = { status: 403, error: 'access_denied', reason: 'request_open' };
      const [first, ...others] = (await askAll()).toSorted((one, other) => one.status - other.status);
      expect(first?.status).toBe(200);
      for (const other of others) await expectRefusal(strict, other, refused);
      expect(others[0]?.headers.get('retry-after')).toBe('120');
      expect((await strict.ask(await strict.client(), { login_hint: ana.email })).status).toBe(200);
      await strict.answer(ana.phone, requestIdOf(String(first?.body['auth_req_id'])), 'approve');
      expect((await strict.ask(bank, { login_hint: ana.email })).status).toBe(200);
      strict.runtime.advance(120);
      expect((await strict.ask(bank, { login_hint: ana.email })).status).toBe(200);
    } finally {
      await strict.close();
    }
  });
});

describe('switched off', () => {
  it('one by one or all, nothing is blocked, nobody pauses, and nothing is counted', async () => {
    const off = await World.start();
    try {
      const bank = await off.client();
      const ana = await off.person();
      const { requestId } = await off.asked(bank, { login_hint: ana.email });
      const { bytes } = await ana.phone.read(requestId);
      const claims = { decision: 'deny', reason: 'fraud' };
      expect((await sendAnswer(off, ana.phone, { requestId, bytes, claims })).status).toBe(204);
      const before = off.runtime.push.deliveries.length;
      const unknown = Array.from({ length: 110 }, () => off.ask(bank, { login_hint: 'nobody@example.com' }));
      expect((await Promise.all(unknown)).every(({ status }) => status === 400)).toBe(true);
      expect((await off.ask(bank, { login_hint: ana.email })).status).toBe(200);
      expect(off.runtime.push.deliveries.length).toBe(before + 1);
      expect((await off.admin('GET', `/admin/users/${ana.sub}/blocks`)).body).toEqual({ blocks: [] });
    } finally {
      await off.close();
    }
  });
});
