import { describe, expect, it } from 'vitest';
import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';

describe('how long an approval can be redeemed (CIBA §11)', () => {
  it('until a minute after expiry, or one interval where that is longer, and five minutes at most', () => {
    expect(redemptionGrace(5)).toBe(60);
    expect(redemptionGrace(60)).toBe(60);
    expect(redemptionGrace(61)).toBe(61);
    expect(redemptionGrace(1000)).toBe(300);
  });
});
