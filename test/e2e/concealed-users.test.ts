import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { type TestClient, World } from '../support/world.ts';

const LIMITS = { perUser: { perMinute: 1, perHour: 9 }, unknownUsers: 3, concealUsers: 'on' };

let world: World;
let client: TestClient;
/** Whom the client may name, by what speaks against asking them. */
const hints = new Map<string, string>();
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: JSON.stringify(LIMITS) } });
  client = await world.client({ requests_per_minute: 300 });
  const [known, blocked, limited] = [await world.person(), await world.person(), await world.person()];
  const phoneless = await world.admin('POST', '/admin/users', { email: 'phoneless@example.com' });
  expect(phoneless.status).toBe(201);
  await world.admin('PATCH', `/admin/users/${blocked.sub}`, { blocked: true });
  expect((await world.ask(client, { login_hint: limited.email })).status).toBe(200);
  hints.set('known', known.email).set('blocked', blocked.email).set('limited', limited.email);
  hints.set('phoneless', 'phoneless@example.com').set('unknown', 'unknown@example.com');
  hints.set('unknown subject', JSON.stringify({ format: 'iss_sub', iss: world.issuer, sub: 'nobody' }));
});
afterAll(async () => {
  await world?.close();
});

const CONCEALED = ['blocked', 'limited', 'phoneless', 'unknown', 'unknown subject'];
const ask = (name: string) => world.ask(client, { login_hint: hints.get(name) ?? '' });

/** What a client can see of an answer, but for what is random in every one. */
const seen = ({ status, headers, body }: Awaited<ReturnType<typeof ask>>) => ({
  status,
  headers: [...headers].filter(([name]) => !['date', 'x-correlation-id', 'apigw-requestid'].includes(name)),
  body: { ...body, auth_req_id: String(body['auth_req_id']).length },
});

describe('a client where users are concealed (measure 6)', () => {
  it('gets the same answer, to the byte of its length, for everybody whom it may not or cannot ask', async () => {
    const known = seen(await ask('known'));
    expect(known).toMatchObject({ status: 200, body: { expires_in: 120, interval: 5, auth_req_id: 43 } });
    for (const name of CONCEALED) {
      const rung = world.runtime.push.deliveries.length;
      const answer = await ask(name);
      expect(seen(answer), name).toEqual(known);
      expect(world.runtime.push.deliveries.length, name).toBe(rung);
      const { RequestsConcealed, RequestsStarted } = await world.line(answer);
      expect([RequestsConcealed, RequestsStarted], name).toEqual([1, undefined]);
    }
  });

  it('polls as for everybody who does not answer: pending, slow down, and expired in the end', async () => {
    for (const name of CONCEALED) {
      const authReqId = String((await ask(name)).body['auth_req_id']);
      const pending = await world.poll(client, authReqId);
      await expectRefusal(world, pending, {
        status: 400,
        error: 'authorization_pending',
        reason: 'authorization_pending',
      });
      const fast = await world.poll(client, authReqId);
      await expectRefusal(world, fast, { status: 400, error: 'slow_down', reason: 'polled_too_fast' });
      world.runtime.advance(121);
      const over = await world.poll(client, authReqId);
      await expectRefusal(world, over, { status: 400, error: 'expired_token', reason: 'request_expired' });
    }
  });

  it('takes as many calls, and as many writes, for all of them as for a person with a phone', async () => {
    world.runtime.advance(3600);
    // The first call after an hour reads the client anew.
    await ask('unknown');
    const steps = async (name: string) => {
      const before = world.runtime.aws.calls.length;
      expect((await ask(name)).status).toBe(200);
      const calls = world.runtime.aws.calls
        .slice(before)
        .filter(({ caller }) => caller === 'backchannel-authentication');
      return calls.map(({ service, action }) => `${service} ${action}`).toSorted();
    };
    const unknown = await steps('unknown');
    for (const name of ['blocked', 'phoneless']) expect(await steps(name), name).toEqual(unknown);
    // Not for a limited user: nothing was counted, so nothing is given back.
    const known = await steps('known');
    const writes = (calls: readonly string[]) => calls.filter((call) => /Put|Update/.test(call)).length;
    expect([known.length, writes(known)]).toEqual([unknown.length, writes(unknown)]);
  });

  it('is not refused after many unknown users, which would tell how many were unknown', async () => {
    for (let attempt = 0; attempt < 6; attempt += 1) expect((await ask('unknown')).status).toBe(200);
  });

  it('leaves no trace of the name that it sent: not in what is stored, not in the log', async () => {
    const answer = await world.ask(client, { login_hint: 'seldom.seen@example.com' });
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await world.line(answer))).not.toContain('seldom.seen');
    const writes = world.runtime.aws.calls.filter(({ action }) => action === 'PutItem' || action === 'UpdateItem');
    expect(writes.some(({ body }) => body.toString().includes('seldom.seen'))).toBe(false);
  });
});
