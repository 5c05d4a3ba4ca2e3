import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendAnswer } from '../support/signed-answer.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

const HOUR = 3600;
/** After how many seconds a request may be resent. */
const PAUSE = 45;

let world: World;
let client: TestClient;
beforeAll(async () => {
  const limits = { perUser: { perMinute: 5, perHour: 30 }, expiryLimit: 6 * HOUR, denialPause: 'off' };
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(limits) } });
  client = await world.client({ requests_per_minute: 600 });
});
afterAll(() => world?.close());

const resend = (authReqId: string, by = client): Promise<Answer> =>
  world.post('/bc-authorize/resend', by, { auth_req_id: authReqId });
/** The pushes that came for a request, by their type. */
const pushesOf = (requestId: string): readonly string[] =>
  world.runtime.push.deliveries
    .map(({ payload }) => JSON.stringify(payload))
    .filter((text) => text.includes(requestId))
    .map((text) => /"type":"(\w+)"/.exec(text)?.[1] ?? text);
/** A request of the client to a new person. */
async function asked(form: Record<string, string> = {}, by = client) {
  const person = await world.person();
  return { ...person, ...(await world.asked(by, { login_hint: person.email, ...form })) };
}
async function attemptsOf(sub: string, requestId: string): Promise<unknown> {
  const { body } = await world.admin('GET', `/admin/users/${sub}/export`);
  const requests = body['requests'] as { request_id: string; devices_rung: number; status: { attempts?: unknown } }[];
  const found = requests.find(({ request_id }) => request_id === requestId);
  return { first: found?.devices_rung, later: found?.status.attempts };
}

/** What the admin API lists of a request. */
async function listedOf(sub: string, requestId: string): Promise<Record<string, unknown> | undefined> {
  const { body } = await world.admin('GET', `/admin/users/${sub}/requests`);
  const requests = body['requests'] as { request_id: string }[];
  return requests.find(({ request_id }) => request_id === requestId);
}

describe('a client has the phones of its request rung again', () => {
  it('the same request, with the same id, end, details and interval; one answer counts', async () => {
    const { authReqId, requestId, phone, sub } = await asked();
    const before = await phone.read(requestId);
    world.runtime.advance(PAUSE);
    const answer = await resend(authReqId);
    expect([answer.status, answer.body]).toEqual([200, { expires_in: 120 - PAUSE, resends_left: 2 }]);
    expect(pushesOf(requestId)).toEqual(['authentication_request', 'authentication_request']);
    expect((await phone.read(requestId)).bytes).toEqual(before.bytes);
    expect(await phone.list()).toHaveLength(1);
    const attempt = { kind: 'resend', at: world.runtime.now(), devices: 1, accepted: 1 };
    expect(await attemptsOf(sub, requestId)).toEqual({ first: 1, later: [attempt] });
    const first = { kind: 'first', at: attempt.at - PAUSE, devices: 1 };
    const { client_id } = client;
    expect(await listedOf(sub, requestId)).toMatchObject({ client_id, state: 'pending', attempts: [first, attempt] });
    expect(await phone.list()).toMatchObject([{ request_id: requestId, times_rung: 2 }]);
    await world.answer(phone, requestId, 'approve');
    expect((await world.poll(client, authReqId)).status).toBe(200);
  });

  it('three times, with a pause before each, and never sooner', async () => {
    const { authReqId, requestId } = await asked({ requested_expiry: '600' });
    const early = await resend(authReqId);
    expect([early.status, early.body['error'], early.headers.get('retry-after')]).toEqual([403, 'access_denied', '45']);
    expect(await world.reason(early)).toBe('resend_too_soon');
    for (const left of [2, 1, 0]) {
      world.runtime.advance(PAUSE);
      expect((await resend(authReqId)).body['resends_left']).toBe(left);
      expect((await resend(authReqId)).status).toBe(403);
    }
    world.runtime.advance(PAUSE);
    const used = await resend(authReqId);
    expect([used.status, used.headers.get('retry-after'), await world.reason(used)]).toEqual([
      403,
      null,
      'resends_used_up',
    ]);
    expect(pushesOf(requestId)).toHaveLength(4);
  });

  it('of eight calls at once one rings', async () => {
    const { authReqId, requestId } = await asked();
    world.runtime.advance(PAUSE);
    const answers = await Promise.all(Array.from({ length: 8 }, () => resend(authReqId)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, ...Array.from({ length: 7 }, () => 403)]);
    expect(pushesOf(requestId)).toHaveLength(2);
  });

  it('and an answer of the phone at the same moment: the answer counts, and afterwards nothing rings', async () => {
    const { authReqId, requestId, phone } = await asked();
    world.runtime.advance(PAUSE);
    const { bytes } = await phone.read(requestId);
    const claims = { decision: 'deny' };
    const [answer, decided] = await Promise.all([
      resend(authReqId),
      sendAnswer(world, phone, { requestId, bytes, claims }),
    ]);
    expect(decided.status).toBe(204);
    expect([200, 400]).toContain(answer.status);
    world.runtime.advance(PAUSE);
    const late = await resend(authReqId);
    expect([late.status, late.body['error'], await world.reason(late)]).toEqual([
      400,
      'invalid_grant',
      'nothing_to_resend',
    ]);
  });

  it('a phone that was enrolled after the request rings too', async () => {
    const { authReqId, requestId, sub } = await asked();
    await world.phone(sub, { name: 'New phone' });
    world.runtime.advance(PAUSE);
    await resend(authReqId);
    expect(pushesOf(requestId)).toHaveLength(3);
  });
});

describe('whoever has no open request with the id', () => {
  it('gets the same bytes, whether it is unknown, another client’s, denied or expired, and nothing rings', async () => {
    const other = await world.client();
    const open = await asked();
    const denied = await asked();
    await world.answer(denied.phone, denied.requestId, 'deny');
    const expired = await asked({ requested_expiry: '10' });
    world.runtime.advance(PAUSE);
    const answers = [
      await resend('unknown'),
      await resend('A'.repeat(43)),
      await resend(open.authReqId, other),
      await resend(denied.authReqId),
      await resend(expired.authReqId),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.body['error']).toBe('invalid_grant');
    for (const { requestId } of [open, denied, expired]) expect(pushesOf(requestId)).toHaveLength(1);
  });

  it('is not told before it has authenticated, and the parameter must be there once', async () => {
    const { authReqId } = await asked();
    const wrong = await resend(authReqId, { ...client, client_secret: 'wrong' });
    expect([wrong.status, wrong.body['error']]).toEqual([401, 'invalid_client']);
    for (const form of ['', `auth_req_id=${authReqId}&auth_req_id=${authReqId}`])
      expect((await world.post('/bc-authorize/resend', client, form)).body['error']).toBe('invalid_request');
  });
});

describe('push bombing by resends', () => {
  it('stays within the person’s windows, over all requests and clients: 5 pushes a minute', async () => {
    const { email } = await world.person();
    const clients = [client, await world.client(), await world.client()];
    const requests: { authReqId: string; requestId: string; by: TestClient }[] = [];
    for (const by of clients)
      requests.push({ ...(await world.asked(by, { login_hint: email, requested_expiry: '600' })), by });
    // The start of the next minute that is late enough: the requests are in another window.
    world.runtime.advance(60 - (world.runtime.now() % 60) + 60);
    const statuses: number[] = [];
    for (const seconds of [0, PAUSE]) {
      world.runtime.advance(seconds);
      for (const { authReqId, by } of requests) statuses.push((await resend(authReqId, by)).status);
    }
    expect(statuses.filter((status) => status === 200)).toHaveLength(5);
    const last = requests.at(-1);
    const refused = await world.ask(client, { login_hint: email });
    expect([refused.status, await world.reason(refused)]).toEqual([403, 'user_rate_limited']);
    // What was refused because of the person's window is not used up.
    world.runtime.advance(60);
    expect((await resend(last?.authReqId ?? '', last?.by)).body['resends_left']).toBe(1);
  });

  it('does not reach a person who reported the client: it gets the same answer, and nothing rings', async () => {
    const by = await world.client();
    const { authReqId, requestId, phone, email } = await asked({ requested_expiry: '600' }, by);
    const second = await world.asked(by, { login_hint: email });
    const { bytes } = await phone.read(second.requestId);
    const claims = { decision: 'deny', reason: 'fraud' };
    await sendAnswer(world, phone, { requestId: second.requestId, bytes, claims });
    world.runtime.advance(PAUSE);
    const answer = await resend(authReqId, by);
    expect([answer.status, answer.body]).toEqual([200, { expires_in: 600 - PAUSE, resends_left: 2 }]);
    expect(pushesOf(requestId)).toEqual(['authentication_request']);
  });
});

describe('the reminder of a request that ends soon', () => {
  /** Lets time pass once the message of a request waits: it was sent again, and the one before it is gone. */
  async function passes(seconds: number, requestId: string): Promise<void> {
    const waits = () => {
      const { calls } = world.runtime.aws;
      const sent = calls.findIndex(({ action, body }) => action === 'SendMessage' && body.includes(requestId));
      return sent >= 0 && calls.slice(sent).some(({ action }) => action === 'DeleteMessage');
    };
    await expect.poll(waits).toBe(true);
    await world.send('/.well-known/jwks.json', {});
    world.runtime.advance(seconds);
  }

  it('comes once, when an hour is left of six, with a type of its own, and is listed', async () => {
    const { requestId, sub } = await asked({ requested_expiry: String(6 * HOUR) });
    await passes(5 * HOUR, requestId);
    await expect.poll(() => pushesOf(requestId)).toEqual(['authentication_request', 'authentication_request_reminder']);
    const later = [{ kind: 'reminder', at: world.runtime.now(), devices: 1, accepted: 1 }];
    await expect.poll(() => attemptsOf(sub, requestId)).toEqual({ first: 1, later });
    await world.admin('POST', `/admin/users/${sub}/erase`);
    expect(await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' })).toBe(undefined);
  });

  it('does not come when the request was answered, and its message ends', async () => {
    const { requestId, phone } = await asked({ requested_expiry: '1900' });
    await world.answer(phone, requestId, 'deny');
    await passes(900, requestId);
    const isDropped = () =>
      world.logs.some((line) => line.includes('"decided_already"') && line.includes('SQS client-notification'));
    await expect.poll(isDropped).toBe(true);
    expect(pushesOf(requestId)).toEqual(['authentication_request']);
  });

  it('costs one announcement more when the client asks, and no other call', async () => {
    const { email } = await world.person();
    const ask = async (expiry: string) => {
      const before = world.runtime.aws.calls.length;
      await world.asked(client, { login_hint: email, requested_expiry: expiry });
      const calls = world.runtime.aws.calls
        .slice(before)
        .filter(({ caller }) => caller === 'backchannel-authentication');
      return calls.map(({ service, action }) => `${service} ${action}`).toSorted();
    };
    await ask('1800');
    const short = await ask('1800');
    expect(await ask('1801')).toEqual([...short, 'sns Publish'].toSorted());
  });
});
