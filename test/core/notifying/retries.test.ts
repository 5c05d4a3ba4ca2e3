import { describe, expect, it } from 'vitest';
import {
  longestExpiryLimitSeconds,
  longestUseSeconds,
  mostDeliveries,
} from '../../../provider/core/notifying/retries.ts';

describe('an announced decision', () => {
  it('is of use to its client for five minutes after the longest expiry, and no longer', () => {
    expect(longestUseSeconds(600)).toBe(900);
  });

  it('is delivered at most 40 times for looks, 5 times for growing pauses, and once in 30 seconds', () => {
    expect(mostDeliveries(0)).toBe(45);
    expect(mostDeliveries(1)).toBe(46);
    expect(mostDeliveries(900)).toBe(75);
  });

  it.each([75, 300, 1000])(
    'needs no more than %i deliveries up to the longest expiry, and one more beyond',
    (limit) => {
      const seconds = longestExpiryLimitSeconds(limit);
      expect(mostDeliveries(longestUseSeconds(seconds))).toBe(limit);
      expect(mostDeliveries(longestUseSeconds(seconds + 1))).toBe(limit + 1);
    },
  );
});
