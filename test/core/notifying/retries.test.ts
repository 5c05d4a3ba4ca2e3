import { describe, expect, it } from 'vitest';
import { longestUseSeconds, mostDeliveries } from '../../../provider/core/notifying/retries.ts';

describe('an announced decision', () => {
  it('is of use to its client for five minutes after the longest expiry, and no longer', () => {
    expect(longestUseSeconds(600)).toBe(900);
  });

  it('is delivered at most 40 times for looks, 5 times for growing pauses, and once in 30 seconds', () => {
    expect(mostDeliveries(0)).toBe(45);
    expect(mostDeliveries(1)).toBe(46);
    expect(mostDeliveries(900)).toBe(75);
  });

  it('is delivered no more often for a longer life, because another message takes its place', () => {
    expect(mostDeliveries(901)).toBe(75);
    expect(mostDeliveries(longestUseSeconds(259_200))).toBe(75);
  });
});
