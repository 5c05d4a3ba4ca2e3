import { describe, expect, it } from 'vitest';
import { ignoresSlowDown, SLOW_DOWN_SECONDS } from '../../../provider/core/deciding/interval.ts';

describe('slow_down (CIBA §11)', () => {
  it('makes the interval at least 5 seconds longer', () => {
    expect(SLOW_DOWN_SECONDS).toBe(5);
  });

  it.each([5, 60, 600])('is ignored by a client that got it 100 times, from an interval of %i s on', (start) => {
    const intervalAfter = (slowDowns: number) => start + slowDowns * SLOW_DOWN_SECONDS;
    expect(ignoresSlowDown(intervalAfter(99), start)).toBe(false);
    expect(ignoresSlowDown(intervalAfter(100), start)).toBe(true);
  });
});
