import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { World } from '../support/world.ts';

let world: World;
beforeAll(async () => {
  world = await World.start();
});
afterAll(() => world?.close());

const set = (body: unknown) => world.admin('PUT', '/admin/log-level', body);
const callLines = () => world.logs.filter((line) => line.includes('"message":"aws_call"'));

describe('the log level of a running provider', () => {
  it('is info, and an operator sets debug for a time, in the audit trail with the end and by whom', async () => {
    expect((await world.admin('GET', '/admin/log-level')).body).toEqual({ level: 'info' });
    const until = world.runtime.now() + 600;
    const answer = await set({ level: 'debug', for_seconds: 600 });
    expect([answer.status, answer.body]).toEqual([200, { level: 'debug', until }]);
    const trail = world.trail('log_level_changed').map(({ phase, level, by }) => [phase, level, String(by)]);
    expect(trail).toContainEqual(['intended', 'debug', expect.stringMatching(/^arn:/)]);
    expect(trail).toContainEqual(['done', 'debug', expect.stringMatching(/^arn:/)]);
  });

  it('is followed by warm functions within a minute, and ends by itself', async () => {
    const client = await world.client();
    const poll = () => world.poll(client, 'unknown');
    await poll();
    await set({ level: 'debug', for_seconds: 300 });
    await world.runtime.advance(60);
    const ofToken = () =>
      callLines()
        .map((line) => JSON.parse(line))
        .filter(({ service }) => service === 'token');
    await expect
      .poll(async () => {
        await poll();
        return ofToken().at(-1);
      })
      .toMatchObject({ level: 'DEBUG', aws_service: 'DynamoDB', action: expect.any(String), attempts: 1 });
    await world.runtime.advance(300);
    await world.line(await poll());
    const before = ofToken().length;
    await world.line(await poll());
    expect(ofToken().length).toBe(before);
    expect((await world.admin('GET', '/admin/log-level')).body).toEqual({ level: 'info' });
  });

  it('costs one read a minute and function, and none for each call', async () => {
    const client = await world.client();
    await world.poll(client, 'unknown');
    await world.runtime.advance(60);
    const start = world.runtime.aws.calls.length;
    for (let times = 0; times < 5; times += 1) await world.poll(client, 'unknown');
    const reads = () =>
      world.runtime.aws.calls
        .slice(start)
        .filter(({ caller, input }) => caller === 'token' && JSON.stringify(input).includes('SETTING#log-level'));
    await expect.poll(() => reads().length).toBe(1);
  });

  it('that cannot be read fails no call', async () => {
    const client = await world.client();
    await world.runtime.advance(60);
    world.runtime.aws.interference = ({ input }) =>
      JSON.stringify(input).includes('SETTING#log-level')
        ? { status: 400, body: '{"__type":"AccessDeniedException"}' }
        : undefined;
    const { body } = await world.poll(client, 'unknown');
    world.runtime.aws.interference = undefined;
    expect(body['error']).toBe('invalid_grant');
  });

  it.each([
    {},
    { level: 'trace' },
    { level: 'warn' },
    { level: 'info', for_seconds: 60 },
    { level: 'debug', for_seconds: 59 },
    { level: 'debug', for_seconds: 86_401 },
    { level: 'debug', for_seconds: null },
  ])('is never %j: debug ends within a day, and nothing logs less than info', async (body) => {
    const error = { status: 400, error: 'invalid_request', reason: 'invalid_parameter' };
    await expectRefusal(world, await set(body), error);
  });

  it('is for operators alone', async () => {
    const call = { method: 'PUT', headers: { origin: 'https://evil.example' }, body: '{"level":"debug"}' };
    const { status } = await world.send('/admin/log-level', call);
    expect(status).toBe(403);
  });
});
