import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RouteThrottles, type ThrottleSettings } from '../../local/runtime/route-throttles.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type TestClient, World } from '../support/world.ts';

/** The throttle that `/bc-authorize` had once. */
const FORMER = { rate: 50, burst: 100 };
/** Throttles under which no time passes, so that only the burst counts. */
const still = (settings: ThrottleSettings) => new RouteThrottles(settings, () => 0);

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start();
  client = await world.client();
});
afterAll(() => world?.close());

/** Sends junk from strangers to every route of a login, many calls at once, and returns the statuses. */
async function pour(calls: number, to: World = world): Promise<readonly number[]> {
  const junk = [
    () => to.post('/bc-authorize', { client_id: `nobody-${Math.random()}`, client_secret: 'x' }, 'scope=openid'),
    () => to.post('/bc-authorize', undefined, 'scope=openid'),
    () => to.post('/token', { client_id: 'not a client', client_secret: 'x' }, 'auth_req_id=x'),
    () => to.send('/device/requests/x/response', { method: 'POST', body: '{"response":"x.y.z"}' }),
  ];
  const pick = (index: number) => junk[index % junk.length]?.().then(({ status }) => status);
  const statuses = await Promise.all(Array.from({ length: calls }, (_, index) => pick(index)));
  return statuses.filter((status) => status !== undefined);
}

async function logIn(to: World = world, as: TestClient = client): Promise<readonly number[]> {
  const { email, phone } = await to.person();
  const asked = await to.ask(as, { login_hint: email });
  if (asked.status !== 200) return [asked.status];
  const authReqId = String(asked.body['auth_req_id']);
  const [{ request_id: requestId } = { request_id: '' }] = await phone.list();
  const answered = await to.answer(phone, requestId, 'approve');
  return [asked.status, answered, (await to.poll(as, authReqId)).status];
}

describe('strangers who send junk without a credential', () => {
  it('stop no login: 800 calls at once, far more than 50 a second, and the login beside them gets through', async () => {
    const [junk, login] = await Promise.all([pour(800), logIn()]);
    expect(login).toEqual([200, 204, 200]);
    expect(junk.filter((status) => status >= 400 && status < 500 && status !== 429)).toHaveLength(800);
  });

  it('would stop every login at the former throttle: 100 calls at once, and then 50 a second', async () => {
    const former = await World.start({ throttles: still({ authentication: FORMER }) });
    try {
      const own = await former.client();
      await Promise.all(
        Array.from({ length: FORMER.burst }, () => former.post('/bc-authorize', undefined, 'scope=openid')),
      );
      expect(await logIn(former, own)).toEqual([429]);
    } finally {
      await former.close();
    }
  });

  it('get API Gateway\u2019s own answer above the throttle, and no function is called', async () => {
    const small = await World.start({ throttles: still({ token: { rate: 1, burst: 3 } }) });
    try {
      const answers = [];
      for (let call = 0; call < 5; call += 1) answers.push(await small.post('/token', undefined, 'grant_type=x'));
      expect(answers.slice(0, 3).map(({ status }) => status)).toEqual([401, 401, 401]);
      expect(answers[4]?.status).toBe(429);
      expect(answers[4]?.body).toEqual({ message: 'Too Many Requests' });
      expect(answers[4]?.headers.get('x-correlation-id')).toBeNull();
    } finally {
      await small.close();
    }
  });

  it('cost no call to DynamoDB without a client id that could exist, and for one id that no client has as few as for a wrong secret', async () => {
    const reads = () => requestCalls(world.runtime.aws.calls).filter(({ service }) => service === 'dynamodb').length;
    const before = reads();
    await Promise.all([
      ...Array.from({ length: 20 }, () => world.post('/token', { client_id: 'no client', client_secret: 'x' }, 'a=b')),
      ...Array.from({ length: 20 }, () => world.post('/bc-authorize', undefined, 'scope=openid')),
    ]);
    expect(reads()).toBe(before);
    for (let call = 0; call < 20; call += 1)
      await world.post('/token', { client_id: 'made-up', client_secret: 'x' }, 'a=b');
    // Five at once, then one in ten seconds (ADR 0020). The clock stands still.
    expect(reads()).toBe(before + 5);
  });
});
