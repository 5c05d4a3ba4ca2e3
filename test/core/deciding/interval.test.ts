import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_EXPIRY_SECONDS } from '../../../provider/core/asking/expiry.ts';
import { firstInterval, ignoresSlowDown, SLOW_DOWN_SECONDS } from '../../../provider/core/deciding/interval.ts';
import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';
import { NOW } from '../given.ts';

describe('slow_down (CIBA §11)', () => {
  it('makes the interval at least 5 seconds longer', () => {
    expect(SLOW_DOWN_SECONDS).toBe(5);
  });

  it.each([
    [5, 600, 5],
    [60, 600, 60],
    [600, 600, 600],
    [5, 259_200, 120],
    [600, 259_200, 600],
  ])(
    'is ignored by a client that got it 100 times, with %i s in the settings and a life of %i s',
    (set, life, start) => {
      const ignores = (slowDowns: number) => {
        const request = {
          intervalSeconds: start + slowDowns * SLOW_DOWN_SECONDS,
          issuedAt: NOW,
          expiresAt: NOW + life,
        };
        return ignoresSlowDown(request, { intervalSeconds: set });
      };
      expect([ignores(99), ignores(100)]).toEqual([false, true]);
    },
  );
});

describe('the interval of a new request (CIBA §7.3)', () => {
  it.each([
    [10, 5, 2],
    [120, 5, 24],
    [600, 5, 120],
    [601, 10, 60],
    [3600, 10, 360],
    [3601, 30, 120],
    [21_600, 30, 720],
    [21_601, 60, 360],
    [86_400, 60, 1440],
    [86_401, 120, 720],
    [259_200, 120, 2160],
  ])('for a life of %i seconds is %i seconds, which are %i polls', (life, seconds, polls) => {
    expect(firstInterval(life, { intervalSeconds: 5 })).toBe(seconds);
    expect(Math.floor(life / seconds)).toBe(polls);
  });

  it('is that of the settings, where that is longer', () => {
    expect(firstInterval(600, { intervalSeconds: 8 })).toBe(8);
    expect(firstInterval(601, { intervalSeconds: 30 })).toBe(30);
    expect(firstInterval(259_200, { intervalSeconds: 119 })).toBe(120);
    expect(firstInterval(259_200, { intervalSeconds: 180 })).toBe(180);
  });

  it('never shrinks with a longer life, costs at most 2,160 polls, and fits into the grace of a late approval', () => {
    const life = fc.integer({ min: 10, max: LONGEST_EXPIRY_SECONDS });
    fc.assert(
      fc.property(life, life, (one, another) => {
        const [shorter, longer] = [Math.min(one, another), Math.max(one, another)];
        const interval = firstInterval(longer, { intervalSeconds: 5 });
        expect(interval).toBeGreaterThanOrEqual(firstInterval(shorter, { intervalSeconds: 5 }));
        expect(longer / interval).toBeLessThanOrEqual(2160);
        expect(redemptionGrace(interval)).toBeGreaterThanOrEqual(interval);
      }),
    );
  });
});
