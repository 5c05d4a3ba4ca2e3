import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Phone } from '../../local/demo/phone.ts';
import { expectRefusal } from '../support/assertions.ts';
import { awsCall, holdCall, loseAnswer } from '../support/held-call.ts';
import { PATIENCE_MILLISECONDS } from '../support/patience.ts';
import { type Answer, World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

const handIn = async (phone: Phone, push_token: string): Promise<Answer> => {
  const path = `devices/${phone.identity.deviceId}`;
  const headers = { authorization: await phone.assertion('PATCH', path), 'content-type': 'application/json' };
  return world.send(`/${path}`, { method: 'PATCH', headers, body: JSON.stringify({ push_token }) });
};
/** The push tokens that have an endpoint at SNS, of those that begin like this. */
const endpointsOf = (prefix: string) =>
  [...world.runtime.sns.endpoints.values()].map(({ token }) => token).filter((token) => token.startsWith(prefix));

describe('push endpoints do not pile up', () => {
  it('100 concurrent changes of one phone leave one endpoint, and its removal leaves none', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'pile-first' });
    const tokens = Array.from({ length: 100 }, (_, index) => `pile-${index}`);
    const answers = await Promise.all(tokens.map((token) => handIn(phone, token)));
    expect(answers.map(({ status }) => status)).toContain(200);
    // On a busy machine a call may be answered before it is done, because its time is over.
    await expect.poll(() => endpointsOf('pile-'), { timeout: PATIENCE_MILLISECONDS }).toHaveLength(1);
    expect((await world.admin('DELETE', `/admin/users/${sub}`)).status).toBe(204);
    expect(endpointsOf('pile-')).toEqual([]);
  });

  it('whoever comes second is refused, and its endpoint goes; the first one’s stays', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'two-first' });
    const register = holdCall(world, awsCall('CreatePlatformEndpoint', 'device', 'two-slow'));
    const late = handIn(phone, 'two-slow');
    await register.held;
    expect((await handIn(phone, 'two-fast')).status).toBe(200);
    register.release();
    await expectRefusal(world, await late, { status: 409, error: 'conflict', reason: 'conflict' });
    expect(endpointsOf('two-')).toEqual(['two-fast']);
  });

  it('a phone that is removed while it hands in a push token leaves no endpoint', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'gone-first' });
    const register = holdCall(world, awsCall('CreatePlatformEndpoint', 'device', 'gone-late'));
    const late = handIn(phone, 'gone-late');
    await register.held;
    const path = `/admin/users/${sub}/devices/${phone.identity.deviceId}`;
    expect((await world.admin('DELETE', path)).status).toBe(204);
    register.release();
    expect((await late).status).toBe(401);
    expect(endpointsOf('gone-')).toEqual([]);
  });

  it('two calls with the same push token leave its endpoint in use', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'same-first' });
    const both = await Promise.all([handIn(phone, 'same-next'), handIn(phone, 'same-next')]);
    expect(both.map(({ status }) => status)).toEqual([200, 200]);
    expect(endpointsOf('same-')).toEqual(['same-next']);
  });

  it('whoever comes second and loses the answer of its write is refused too, and its endpoint goes', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'lost-first' });
    // The write comes after that of the other call, its answer is lost, and the SDK repeats it.
    const isWrite = awsCall('UpdateItem', 'device', `USER#${sub}`);
    let others = 0;
    let writes = 0;
    world.runtime.aws.interference = async (call) => {
      if (!isWrite(call)) return undefined;
      writes += 1;
      if (writes > 1) return undefined;
      others = (await handIn(phone, 'lost-fast')).status;
      return 'lose-answer';
    };
    const late = await handIn(phone, 'lost-slow');
    world.runtime.aws.interference = undefined;
    expect([others, writes]).toEqual([200, 3]);
    await expectRefusal(world, late, { status: 409, error: 'conflict', reason: 'conflict' });
    expect(endpointsOf('lost-')).toEqual(['lost-fast']);
  });

  it('a call whose write was made is told so, although its answer was lost and others renamed the phone', async () => {
    const { sub } = await world.user();
    const phone = await world.phone(sub, { pushToken: 'made-first' });
    const repetition = loseAnswer(world, awsCall('UpdateItem', 'device', `USER#${sub}`));
    const path = `devices/${phone.identity.deviceId}`;
    const headers = { authorization: await phone.assertion('PATCH', path), 'content-type': 'application/json' };
    const handingIn = handIn(phone, 'made-next');
    await repetition.held;
    world.runtime.aws.interference = undefined;
    const renamed = await world.send(`/${path}`, { method: 'PATCH', headers, body: '{"name":"Renamed"}' });
    repetition.release();
    expect([renamed.status, (await handingIn).status]).toEqual([200, 200]);
    expect(endpointsOf('made-')).toEqual(['made-next']);
  });
});
