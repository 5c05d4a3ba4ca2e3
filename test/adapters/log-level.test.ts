import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LogLevelSetting } from '../../provider/core/operating/log-level.ts';
import type { AwsCallLine } from '../../provider/core/operating/log-line.ts';

type Module = typeof import('../../provider/adapters/log-level.ts');

const NOW = 1_800_000_000;
const CALL = { aws_service: 'DynamoDB', action: 'UpdateItem' };
let module: Module;
let now: number;
let reads: number;
let lines: AwsCallLine[];

beforeEach(async () => {
  vi.resetModules();
  module = await import('../../provider/adapters/log-level.ts');
  now = NOW;
  reads = 0;
  lines = [];
});

/** Follows a level that is read like this. */
function follow(read: () => Promise<LogLevelSetting | undefined>): void {
  const counted = () => {
    reads += 1;
    return read();
  };
  module.readLogLevelFrom({ service: 'token', read: counted, write: (line) => lines.push(line), clock: () => now });
}
const debugUntil = (until: number) => async () => ({ level: 'debug', until }) as const;
const call = (run: () => Promise<unknown> = async () => 'answer') =>
  module.observeAwsCall(CALL, run, (answer) => (answer === 'answer' ? 2 : undefined));
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a function that follows the log level', () => {
  it('waits for no read: the call that starts it is as it would be without', async () => {
    follow(() => new Promise(() => undefined));
    expect(await call()).toBe('answer');
  });

  it('reads the level once a minute, however many calls there are', async () => {
    follow(debugUntil(NOW + 3600));
    for (let times = 0; times < 5; times += 1) await call();
    expect(reads).toBe(1);
    now += 59;
    await call();
    expect(reads).toBe(1);
    now += 1;
    await call();
    expect(reads).toBe(2);
  });

  it('logs calls at debug: what was called, how often it was tried, and how it ended', async () => {
    follow(debugUntil(NOW + 3600));
    await call();
    await settled();
    await call();
    class Throttled extends Error {
      override name = 'ThrottlingException';
    }
    await expect(call(() => Promise.reject(new Throttled('hunter2')))).rejects.toThrow('hunter2');
    const line = { service: 'token', ...CALL, duration_ms: expect.any(Number) };
    expect(lines).toEqual([
      { ...line, attempts: 2, outcome: 'ok' },
      { ...line, attempts: undefined, outcome: 'ThrottlingException' },
    ]);
  });

  it('stops by itself at the end of debug, also if the table cannot be read any more', async () => {
    follow(debugUntil(NOW + 30));
    await call();
    await settled();
    now += 30;
    await call();
    expect(lines).toEqual([]);
  });

  it('goes on with the level that it knows, until its end, while the level cannot be read', async () => {
    let isOut = false;
    follow(() => (isOut ? Promise.reject(new Error('outage')) : debugUntil(NOW + 3600)()));
    await call();
    await settled();
    isOut = true;
    now += 60;
    await call();
    await settled();
    await call();
    expect([reads, lines.length]).toEqual([2, 2]);
  });

  it('logs at info when the level could never be read, and asks again after a minute', async () => {
    follow(() => Promise.reject(new Error('outage')));
    expect(await call()).toBe('answer');
    await settled();
    expect(await call()).toBe('answer');
    expect([reads, lines]).toEqual([1, []]);
    now += 60;
    await call();
    expect(reads).toBe(2);
  });

  it('is the only one that reads: others call as before', async () => {
    expect(await call()).toBe('answer');
    expect(reads).toBe(0);
  });
});
