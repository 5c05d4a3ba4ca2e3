import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{}' } });
  client = await world.client();
  // To the start of an hour, so that no window ends in the middle of a test.
  world.runtime.advance(3600 - (world.runtime.now() % 3600) + 1);
});
afterAll(() => world?.close());

const rate = () =>
  world.runtime.aws.calls.filter(
    ({ body }) => body.toString().includes('REQUEST#') && body.toString().includes('next_poll_at'),
  ).length;
const limited = { status: 403, error: 'access_denied', reason: 'user_rate_limited' };

describe('limits against push fatigue (RFC 10027) are on by default', () => {
  it('5 a minute for a user, whoever asks: then 403 with Retry-After, nothing stored, nobody prompted', async () => {
    const { email } = await world.person();
    const other = await world.client();
    for (let count = 0; count < 5; count += 1)
      expect((await world.ask(count % 2 ? client : other, { login_hint: email })).status).toBe(200);
    const [stored, pushed] = [rate(), world.runtime.push.deliveries.length];
    const answer = await world.ask(client, { login_hint: email });
    await expectRefusal(world, answer, limited);
    const retryAfter = Number(answer.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(60);
    expect([rate(), world.runtime.push.deliveries.length]).toEqual([stored, pushed]);
    world.runtime.advance(retryAfter);
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
  });

  it('30 an hour for a user', async () => {
    const { email } = await world.person();
    for (let minute = 0; minute < 6; minute += 1) {
      for (let count = 0; count < 5; count += 1)
        expect((await world.ask(client, { login_hint: email })).status).toBe(200);
      world.runtime.advance(60);
    }
    const answer = await world.ask(client, { login_hint: email });
    await expectRefusal(world, answer, limited);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  it('counts 20 concurrent requests as they are: 5 get through', async () => {
    world.runtime.advance(3600);
    const { email } = await world.person();
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.ask(client, { login_hint: email })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5);
    expect(answers.filter(({ status }) => status === 403)).toHaveLength(15);
  });

  it('of a client of its own, where configured', async () => {
    const small = await world.client({ requests_per_minute: 2 });
    const people = await Promise.all(Array.from({ length: 3 }, () => world.person()));
    const answers = [];
    for (const { email } of people) answers.push(await world.ask(small, { login_hint: email }));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 403]);
    const [, , last] = answers;
    if (last) await expectRefusal(world, last, { ...limited, reason: 'client_rate_limited' });
  });

  it('count nothing for a caller that failed to authenticate', async () => {
    const { email } = await world.person();
    for (let count = 0; count < 8; count += 1)
      await world.ask({ ...client, client_secret: 'wrong' }, { login_hint: email });
    expect((await world.ask(client, { login_hint: email })).status).toBe(200);
  });
});
