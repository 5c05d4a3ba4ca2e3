import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refused } from '../../../cli/command-line/failure.ts';
import { changeOf } from '../../../cli/importing/import-users.ts';
import { Pace, Stopped } from '../../../cli/importing/pace.ts';

const silent = () => undefined;
const failure = (code: string) => new Refused('It failed.', '', code);
/** A call that fails some times, and then succeeds. It counts how many are made at the same time. */
function callThat(failures: readonly string[]) {
  const seen = { calls: 0, busy: 0, most: 0 };
  const left = [...failures];
  const make = async () => {
    seen.calls += 1;
    seen.busy += 1;
    seen.most = Math.max(seen.most, seen.busy);
    await new Promise((resolve) => setTimeout(resolve, 10));
    seen.busy -= 1;
    const code = left.shift();
    if (code !== undefined) throw failure(code);
    return 'answer';
  };
  return { seen, make };
}

describe('the pace of an import', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'Date'] }));
  afterEach(() => void vi.useRealTimers());
  const signal = () => new AbortController().signal;
  const settle = async (promise: Promise<unknown>) => {
    const settled = promise.catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(120_000);
    return settled;
  };

  it('says once that it waits and tries again when the connection is lost, and nothing when it is only slowed down', async () => {
    const said: string[] = [];
    const pace = new Pace(1, signal(), (text) => void said.push(text));
    await settle(pace.call(callThat([]).make));
    await settle(pace.call(callThat(['throttled']).make));
    expect(said).toEqual([]);
    await settle(pace.call(callThat(['not_reached', 'not_reached', 'no_answer']).make));
    expect(said).toEqual(['It failed. The import waits and tries again, for up to a minute.']);
    await settle(pace.call(callThat(['no_answer']).make));
    expect(said).toHaveLength(2);
  });

  it('makes as many calls at the same time as are allowed, and no more', async () => {
    const pace = new Pace(3, signal(), silent);
    const { seen, make } = callThat([]);
    await settle(Promise.all(Array.from({ length: 10 }, () => pace.call(make))));
    expect(seen).toMatchObject({ calls: 10, most: 3 });
  });

  it('makes a throttled call again, and halves the calls at the same time', async () => {
    const pace = new Pace(8, signal(), silent);
    const { make } = callThat(['throttled']);
    expect(await settle(pace.call(make))).toBe('answer');
    const { seen, make: others } = callThat([]);
    await settle(Promise.all(Array.from({ length: 12 }, () => pace.call(others))));
    expect(seen.most).toBe(4);
  });

  it('counts calls that fail together once', async () => {
    const pace = new Pace(8, signal(), silent);
    const { make } = callThat(Array(8).fill('throttled'));
    await settle(Promise.all(Array.from({ length: 8 }, () => pace.call(make))));
    const { seen, make: others } = callThat([]);
    await settle(Promise.all(Array.from({ length: 12 }, () => pace.call(others))));
    expect(seen.most).toBe(4);
  });

  it('becomes faster again after calls that succeed', async () => {
    const pace = new Pace(4, signal(), silent);
    await settle(pace.call(callThat(['throttled', 'throttled']).make));
    for (let round = 0; round < 80; round += 1) await settle(pace.call(callThat([]).make));
    const { seen, make } = callThat([]);
    await settle(Promise.all(Array.from({ length: 12 }, () => pace.call(make))));
    expect(seen.most).toBe(4);
  });

  it.each([
    ['throttled', 9],
    ['no_answer', 9],
    ['temporarily_unavailable', 9],
    ['server_error', 4],
    ['invalid_request', 1],
    ['conflict', 1],
  ])('gives up a call that answers %s after %i tries', async (code, tries) => {
    const { seen, make } = callThat(Array(20).fill(code));
    expect(await settle(new Pace(1, signal(), silent).call(make))).toMatchObject({ code });
    expect(seen.calls).toBe(tries);
  });

  it('waits for a provider that is gone, but not for one that was never there', async () => {
    const never = callThat(Array(20).fill('not_reached'));
    expect(await settle(new Pace(1, signal(), silent).call(never.make))).toMatchObject({ code: 'not_reached' });
    expect(never.seen.calls).toBe(1);
    const pace = new Pace(1, signal(), silent);
    await settle(pace.call(callThat([]).make));
    expect(await settle(pace.call(callThat(['not_reached', 'not_reached']).make))).toBe('answer');
  });

  it('begins no call after a stop, also while it waits', async () => {
    const stop = new AbortController();
    const pace = new Pace(1, stop.signal, silent);
    const { seen, make } = callThat(Array(20).fill('throttled'));
    const waiting = Promise.all([pace.call(make), pace.call(make)].map((one) => one.catch((error: unknown) => error)));
    await vi.advanceTimersByTimeAsync(50);
    stop.abort();
    vi.useRealTimers();
    expect(await waiting).toEqual([expect.any(Stopped), expect.any(Stopped)]);
    expect(seen.calls).toBe(1);
  });
});

describe('a change of a user who is there', () => {
  const there = { sub: 'a', email: 'ann@example.com', email_verified: true, name: 'Ann' };
  const change = (profile: object) =>
    changeOf(
      {
        line: 2,
        profile,
        fault: undefined,
        rejected: String,
        user: { claims: profile, identifiers: [] },
      },
      there,
    );

  it('has the members that differ, and keeps what the line leaves out', () => {
    expect(change({ email: 'ann@example.com', name: 'Ann' })).toEqual({});
    expect(change({ name: 'Anna', given_name: 'Anna' })).toEqual({ name: 'Anna', given_name: 'Anna' });
    expect(change({ email_verified: false })).toEqual({ email_verified: false });
  });

  it('says with a new address whether it is verified, which a change would undo otherwise', () => {
    const moved = { email: 'ann@example.org', email_verified: true };
    expect(change(moved)).toEqual(moved);
    expect(change({ email: 'ann@example.org' })).toEqual({ email: 'ann@example.org' });
  });
});
