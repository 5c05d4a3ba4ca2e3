import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { sendAnswer } from '../support/signed-answer.ts';
import { type Answer, type TestClient, World } from '../support/world.ts';

// What a hostile client that is registered tries with its own requests and with those of others.

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{}' } });
});
beforeEach(async () => {
  // To the start of an hour, so that no window ends in the middle of a test.
  world.runtime.advance(3600 - (world.runtime.now() % 3600) + 1);
  client = await world.client();
  person = await world.person();
});
afterAll(() => world?.close());

const withdraw = (authReqId: string, by: TestClient | undefined = client): Promise<Answer> =>
  world.post('/bc-authorize/withdraw', by, { auth_req_id: authReqId });
const pushes = () => world.runtime.push.deliveries.filter(({ token }) => token === person.phone.identity.pushToken);
const asked = (by = client) => world.asked(by, { login_hint: person.email });
const atOnce = <T>(times: number, work: () => Promise<T>) => Promise.all(Array.from({ length: times }, work));
const eventsOf = (requestId: string) => world.trail(requestId).map(({ event }) => event);
const pending = { status: 400, error: 'authorization_pending', reason: 'authorization_pending' };

describe('a client that withdraws', () => {
  it('50 times at once withdraws once: one record, one push', async () => {
    const { authReqId, requestId } = await asked();
    const answers = await atOnce(50, () => withdraw(authReqId));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 ']));
    expect(eventsOf(requestId).filter((event) => event === 'request_withdrawn')).toHaveLength(1);
    expect(pushes()).toHaveLength(2);
  });

  it('25 times while it polls 25 times gets one set of tokens or none, and the trail says which', async () => {
    for (let round = 0; round < 3; round += 1) {
      const by = await world.client();
      const someone = await world.person();
      const { authReqId, requestId } = await world.asked(by, { login_hint: someone.email });
      await world.answer(someone.phone, requestId, 'approve');
      const [polls] = await Promise.all([
        atOnce(25, () => world.poll(by, authReqId)),
        atOnce(25, () => withdraw(authReqId, by)),
      ]);
      const events = eventsOf(requestId);
      const successes = polls.filter(({ status }) => status === 200).length;
      expect(successes + events.filter((event) => event === 'request_withdrawn').length).toBe(1);
      expect(events.filter((event) => event === 'tokens_issued')).toHaveLength(successes);
    }
  });

  it('and asks in turn rings no more often than one that only asks', async () => {
    const answers: Answer[] = [];
    for (let times = 0; times < 8; times += 1) {
      const answer = await world.ask(client, { login_hint: person.email });
      answers.push(answer);
      if (answer.status === 200) await withdraw(String(answer.body['auth_req_id']));
    }
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 403, 403, 403]);
  });

  it('cannot escape a report of fraud: one that comes after the withdrawal blocks it', async () => {
    const { authReqId, requestId } = await asked();
    const { bytes } = await person.phone.read(requestId);
    await withdraw(authReqId);
    const claims = { decision: 'deny', reason: 'fraud' };
    const late = await sendAnswer(world, person.phone, { requestId, bytes, claims });
    await expectRefusal(world, late, { status: 410, error: 'withdrawn', reason: 'request_withdrawn' });
    expect(eventsOf(requestId)).toContain('client_blocked');
    const rung = pushes().length;
    await world.ask(client, { login_hint: person.email });
    expect(pushes()).toHaveLength(rung);
  });

  it('what is not its own, by any name, learns nothing and changes nothing', async () => {
    const { authReqId, requestId } = await asked();
    const stranger = await world.client();
    const answers = [
      await withdraw(authReqId, stranger),
      await withdraw('A'.repeat(43), stranger),
      // What a phone knows of the request.
      await withdraw(requestId, client),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(new Set(['200 ']));
    await expectRefusal(world, await world.poll(client, authReqId), pending);
    expect(pushes()).toHaveLength(1);
  });

  it('an approval that waits for its number ends it: the number comes too late, and nothing of the grant is kept', async () => {
    const by = await world.client({ number_matching: 'client_enters' });
    const { authReqId, requestId } = await asked(by);
    const { bytes } = await person.phone.read(requestId);
    const { body } = await sendAnswer(world, person.phone, { requestId, bytes });
    const enter = () =>
      world.post('/bc-authorize/number', by, { auth_req_id: authReqId, number: String(body['number']) });
    await Promise.all([withdraw(authReqId, by), ...Array.from({ length: 5 }, () => withdraw(authReqId, by))]);
    await expectRefusal(world, await enter(), {
      status: 400,
      error: 'invalid_grant',
      reason: 'number_not_awaited',
    });
    expect((await world.poll(by, authReqId)).body['error']).toBe('access_denied');
    const item = await world.stored('Transactions', { pk: `REQUEST#${requestId}`, sk: 'REQUEST' });
    expect(Object.keys(item ?? {}).filter((name) => ['grant', 'number'].includes(name))).toEqual([]);
  });

  it('while its number is entered gets tokens or access_denied, never both and never neither', async () => {
    for (let round = 0; round < 3; round += 1) {
      const by = await world.client({ number_matching: 'client_enters' });
      const someone = await world.person();
      const { authReqId, requestId } = await world.asked(by, { login_hint: someone.email });
      const { bytes } = await someone.phone.read(requestId);
      const { body } = await sendAnswer(world, someone.phone, { requestId, bytes });
      const number = String(body['number']);
      await Promise.all([
        ...Array.from({ length: 5 }, () => world.post('/bc-authorize/number', by, { auth_req_id: authReqId, number })),
        withdraw(authReqId, by),
      ]);
      const isWithdrawn = eventsOf(requestId).includes('request_withdrawn');
      const polled = await world.poll(by, authReqId);
      expect(isWithdrawn ? polled.body['error'] : polled.status).toBe(isWithdrawn ? 'access_denied' : 200);
    }
  });
});

describe('a client that has phones rung again', () => {
  const resend = (authReqId: string, by = client) => world.post('/bc-authorize/resend', by, { auth_req_id: authReqId });
  /** A request that is older than the pause, in a minute of its own. */
  async function open(by = client) {
    const request = await asked(by);
    world.runtime.advance(60);
    return request;
  }

  it('50 times at once rings at most once, and uses up no more of what others may ask', async () => {
    const { authReqId } = await open();
    const answers = await atOnce(50, () => resend(authReqId));
    const successes = answers.filter(({ status }) => status === 200).length;
    expect(successes).toBeLessThanOrEqual(1);
    expect(pushes()).toHaveLength(1 + successes);
    const other = await world.client();
    for (let times = successes; times < 5; times += 1)
      expect((await world.ask(other, { login_hint: person.email })).status).toBe(200);
    expect((await world.ask(other, { login_hint: person.email })).status).toBe(403);
  });

  it('and withdraws at the same moment rings nobody afterwards', async () => {
    const { authReqId } = await open();
    await Promise.all([resend(authReqId), withdraw(authReqId)]);
    const rung = pushes().length;
    world.runtime.advance(45);
    expect((await resend(authReqId)).body['error']).toBe('invalid_grant');
    expect(pushes()).toHaveLength(rung);
  });

  it('does not learn that an approval waits for its number, and rings nobody then', async () => {
    const by = await world.client({ number_matching: 'client_enters' });
    const waiting = await open(by);
    const before = await resend(waiting.authReqId, by);
    const { bytes } = await person.phone.read(waiting.requestId);
    expect((await sendAnswer(world, person.phone, { requestId: waiting.requestId, bytes })).status).toBe(200);
    const rung = pushes().length;
    world.runtime.advance(45);
    const after = await resend(waiting.authReqId, by);
    expect([before.status, after.status]).toEqual([200, 200]);
    expect(Object.keys(after.body)).toEqual(Object.keys(before.body));
    expect(pushes()).toHaveLength(rung);
  });
});
