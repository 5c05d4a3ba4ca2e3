import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { jsonOf } from '../support/ciba-process.ts';

let runtime: Runtime;
const ciba = (...args: readonly string[]) => cibaInOne(args, { env: { CIBA_URL: runtime.url } });

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0, clock: 'still' });
});
afterAll(() => runtime.close());

describe('log-level', () => {
  it('get says info when nobody set anything', async () => {
    expect((await ciba('log-level', 'get')).stdout).toBe('The functions log at level info.\n');
  });

  it('set debug says until when, an hour if no time is given', async () => {
    const until = runtime.now() + 7200;
    expect(jsonOf(await ciba('log-level', 'set', 'debug', '--for', '2h', '--json'))).toEqual({ level: 'debug', until });
    expect((await ciba('log-level', 'get')).stdout).toMatch(/^The functions log at level debug until \S.*\.\n$/);
    expect(jsonOf(await ciba('log-level', 'set', 'debug', '--json'))).toEqual({
      level: 'debug',
      until: runtime.now() + 3600,
    });
  });

  it('set info ends debug at once', async () => {
    expect((await ciba('log-level', 'set', 'info')).stdout).toBe('The functions log at level info.\n');
    expect(jsonOf(await ciba('log-level', 'get', '--json'))).toEqual({ level: 'info' });
  });

  it.each([
    [['debug', '--for', '2d'], 1, 'for_seconds must be 86400 at most.'],
    [['trace'], 2, 'LEVEL must be info or debug, not "trace"'],
  ])('set %j is refused, with what is wrong', async (args, expected, message) => {
    const { code, stderr } = await ciba('log-level', 'set', ...args);
    expect(code).toBe(expected);
    expect(stderr).toContain(message);
  });

  it('set info takes no end', async () => {
    const { code, stderr } = await ciba('log-level', 'set', 'info', '--for', '1h');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--for is for debug; info has no end')]);
  });
});
