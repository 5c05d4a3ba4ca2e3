import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS_OFF } from '../../local/runtime/limits-off.ts';
import { MOST_RESENDS } from '../../provider/core/asking/resend.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import { expectRefusal } from '../support/assertions.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// What `npm start -- --limits off` switches off, one limit after the other: each call would meet it otherwise.

let world: World;
let client: TestClient;
beforeAll(async () => {
  const limits = { ...LIMITS_OFF, expiryLimit: 86_400 };
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(limits) }, throttles: 'off' });
  client = await world.client({ backchannel_user_code_parameter: true });
});
afterAll(() => world?.close());

/** Makes calls one after the other and returns their statuses, each once. */
async function statuses(count: number, call: (index: number) => Promise<Answer>): Promise<readonly number[]> {
  const found = new Set<number>();
  for (let index = 0; index < count; index += 1) found.add((await call(index)).status);
  return [...found];
}

describe('with --limits off', () => {
  it('a user is asked more often than in a minute and in an hour', async () => {
    const { email } = await world.person();
    const calls = DEFAULTS.userLimits.perHour + 1;
    expect(await statuses(calls, () => world.ask(client, { login_hint: email }))).toEqual([200]);
  });

  it('a user is asked for long requests more often than in a day', async () => {
    const { email } = await world.person();
    const long = { login_hint: email, requested_expiry: '7200' };
    expect(await statuses(DEFAULTS.userLimits.longPerDay + 1, () => world.ask(client, long))).toEqual([200]);
  });

  it('a client asks more often than it was registered for', async () => {
    const small = await world.client({ requests_per_minute: 1 });
    const { email } = await world.person();
    expect(await statuses(3, () => world.ask(small, { login_hint: email }))).toEqual([200]);
  });

  it('a client asks more often than one without a limit of its own', async () => {
    const own = await world.client();
    const { email } = await world.person();
    const calls = DEFAULTS.clientRequestsPerMinute + 1;
    expect(await statuses(calls, () => world.ask(own, { login_hint: email }))).toEqual([200]);
  });

  it('a client that named an unknown user is not counted, so that it may name any number', async () => {
    // Counting is what can be seen: the counter has many shards, and any of them may get a call.
    const guesser = await world.client();
    const before = world.runtime.aws.calls.length;
    const answer = await world.ask(guesser, { login_hint: 'nobody@example.com' });
    await expectRefusal(world, answer, { status: 400, error: 'unknown_user_id', reason: 'unknown_user' });
    const own = world.runtime.aws.calls.slice(before).filter(({ caller }) => caller === 'backchannel-authentication');
    expect(own.map(({ action }) => action).filter((action) => /^(Put|Update|Batch)/.test(action))).toEqual([]);
  });

  it('a client that sent many wrong user codes goes on', async () => {
    const { sub, email } = await world.person();
    expect((await world.admin('PUT', `/admin/users/${sub}/user-code`, { user_code: '4711' })).status).toBe(204);
    const wrong = () => world.ask(client, { login_hint: email, user_code: '0000' });
    expect(await statuses(DEFAULTS.wrongUserCodes + 1, wrong)).toEqual([400]);
    expect((await world.ask(client, { login_hint: email, user_code: '4711' })).status).toBe(200);
  });

  it('a client does not pause after denials, and is not blocked after a report of fraud', async () => {
    const { email, phone } = await world.person();
    for (const decision of ['deny', 'deny', { reason: 'fraud' }] as const) {
      const { requestId } = await world.asked(client, { login_hint: email });
      const { bytes } = await phone.read(requestId);
      expect((await phone.answer(requestId, bytes, decision)).status).toBe(204);
    }
    const { requestId } = await world.asked(client, { login_hint: email });
    expect((await phone.list()).map(({ request_id }) => request_id)).toContain(requestId);
    expect(await world.answer(phone, requestId, 'approve')).toBe(204);
  });

  it('a client has any number of requests open with a user, with or without a binding message', async () => {
    const { email, phone } = await world.person();
    for (const binding_message of ['A1', undefined, undefined])
      await world.asked(client, { login_hint: email, binding_message });
    expect(await phone.list()).toHaveLength(3);
  });

  it('a client has the phones of a request rung again more than three times, once a second', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    const again = async () => {
      world.runtime.advance(1);
      return world.post('/bc-authorize/resend', client, { auth_req_id: authReqId });
    };
    expect(await statuses(MOST_RESENDS + 2, again)).toEqual([200]);
    expect((await again()).body['resends_left']).toBeGreaterThan(MOST_RESENDS);
  });

  it('a route lets more calls through than its throttle', async () => {
    // The smallest of all throttles: `burst` calls at once, and `rate` more each second.
    const { burst, rate } = { burst: 200, rate: 100 };
    const calls = Array.from({ length: burst + 3 * rate }, () => world.admin('GET', '/admin/log-level'));
    const answers = await Promise.all(calls);
    expect([...new Set(answers.map(({ status }) => status))]).toEqual([200]);
  });
});

describe('what --limits off leaves, because it is the protocol, or the life of one request', () => {
  it('a client that polls too fast is told to slow down (CIBA §11)', async () => {
    const { email } = await world.person();
    const { authReqId } = await world.asked(client, { login_hint: email });
    await world.poll(client, authReqId);
    const early = await world.poll(client, authReqId);
    await expectRefusal(world, early, { status: 400, error: 'slow_down', reason: 'polled_too_fast' });
  });
});
