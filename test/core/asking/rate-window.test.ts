import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { limitsOf, retryAfter, shardsOf, windowsAt } from '../../../provider/core/asking/rate-window.ts';

const LIMITS = { perMinute: 5, perHour: 30 };

describe('windows against push fatigue (RFC 10027)', () => {
  it('changes the minute at 60 s and the hour at 3600 s', () => {
    expect(windowsAt(0)).toEqual({ minute: 0, hour: 0, minuteEndsAt: 60, hourEndsAt: 3600 });
    expect(windowsAt(59)).toEqual({ minute: 0, hour: 0, minuteEndsAt: 60, hourEndsAt: 3600 });
    expect(windowsAt(60)).toEqual({ minute: 1, hour: 0, minuteEndsAt: 120, hourEndsAt: 3600 });
    expect(windowsAt(3599)).toEqual({ minute: 59, hour: 0, minuteEndsAt: 3600, hourEndsAt: 3600 });
    expect(windowsAt(3600)).toEqual({ minute: 60, hour: 1, minuteEndsAt: 3660, hourEndsAt: 7200 });
  });

  it('tells to wait for the next minute, or for the next hour once the hour is full', () => {
    expect(retryAfter({ hour: 29 }, LIMITS, 7210)).toBe(50);
    expect(retryAfter({ hour: 30 }, LIMITS, 7210)).toBe(3590);
    expect(retryAfter({ hour: 31 }, LIMITS, 7210)).toBe(3590);
  });

  it('always tells to wait at least a second, and into a window that is new', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e9 }), fc.integer({ min: 0, max: 60 }), (now, hour) => {
        const seconds = retryAfter({ hour }, LIMITS, now);
        expect(seconds).toBeGreaterThanOrEqual(1);
        expect(windowsAt(now + seconds).minute).toBeGreaterThan(windowsAt(now).minute);
        if (hour >= LIMITS.perHour) expect(windowsAt(now + seconds).hour).toBe(windowsAt(now).hour + 1);
      }),
    );
  });

  it('spreads a client’s counter over one item for each 300 requests a minute', () => {
    expect(shardsOf(1)).toEqual({ shards: 1, limitPerShard: 1 });
    expect(shardsOf(300)).toEqual({ shards: 1, limitPerShard: 300 });
    expect(shardsOf(301)).toEqual({ shards: 2, limitPerShard: 151 });
    expect(shardsOf(600)).toEqual({ shards: 2, limitPerShard: 300 });
  });

  it('never allows less than the limit over all shards, nor more than a rounding above it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100_000 }), (requestsPerMinute) => {
        const { shards, limitPerShard = 0 } = shardsOf(requestsPerMinute);
        expect(limitPerShard).toBeLessThanOrEqual(300);
        expect(shards * limitPerShard).toBeGreaterThanOrEqual(requestsPerMinute);
        expect(shards * limitPerShard - requestsPerMinute).toBeLessThan(shards);
      }),
    );
  });

  it('gives a client the limit that it was registered with, else the one of every client', () => {
    const all = { requestsPerMinute: 60, unknownUsers: 100 };
    expect(limitsOf({ requestsPerMinute: 1 }, all)).toEqual({ requestsPerMinute: 1, unknownUsers: 100 });
    expect(limitsOf({ requestsPerMinute: 6000 }, all)).toEqual({ requestsPerMinute: 6000, unknownUsers: 100 });
    expect(limitsOf({}, all)).toEqual(all);
    const off = { requestsPerMinute: undefined, unknownUsers: undefined };
    expect(limitsOf({}, off)).toBeUndefined();
    expect(limitsOf({}, { ...off, unknownUsers: 1 })).toEqual({ requestsPerMinute: undefined, unknownUsers: 1 });
    expect(shardsOf(undefined)).toEqual({ shards: 20, limitPerShard: undefined });
  });
});
