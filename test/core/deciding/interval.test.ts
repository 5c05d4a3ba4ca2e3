import { describe, expect, it } from 'vitest';
import { SLOW_DOWN_SECONDS } from '../../../provider/core/deciding/interval.ts';

describe('slow_down (CIBA §11)', () => {
  it('makes the interval at least 5 seconds longer', () => {
    expect(SLOW_DOWN_SECONDS).toBe(5);
  });
});
