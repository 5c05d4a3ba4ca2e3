import { describe, expect, it } from 'vitest';
import { DECISION_WINDOW_SECONDS } from '../../../provider/core/notifying/retries.ts';
import {
  decideExpiry,
  EXPIRY_RECEIVES,
  EXPIRY_VISIBILITY_SECONDS,
  secondsUntilExpiry,
} from '../../../provider/core/operating/expiry-watch.ts';
import { FACTS, requestIn } from '../given.ts';

const END = FACTS.expiresAt + DECISION_WINDOW_SECONDS;

describe('a request that may have expired', () => {
  it('has, once no call that began in time can decide it any more', () => {
    const request = requestIn('pending');
    expect(decideExpiry(request, END - 1)).toEqual({ outcome: 'wait', seconds: 1 });
    expect(decideExpiry(request, END)).toEqual({ outcome: 'expired', request });
    expect(DECISION_WINDOW_SECONDS).toBeGreaterThan(0);
  });

  it.each(['approved', 'denied', 'failed', 'redeemed'] as const)('has not, if it is %s', (state) => {
    expect(decideExpiry(requestIn(state), END)).toEqual({ outcome: 'drop' });
  });

  it('is dropped, if nothing is known of it', () => {
    expect(decideExpiry(undefined, END)).toEqual({ outcome: 'drop' });
  });

  it('is looked at again after 900 seconds at most, because SQS holds a message back for no longer', () => {
    expect(secondsUntilExpiry(FACTS.expiresAt, END - 901)).toBe(900);
    expect(secondsUntilExpiry(FACTS.expiresAt, END - 899)).toBe(899);
    expect(secondsUntilExpiry(FACTS.expiresAt, END + 5)).toBe(0);
  });
});

it('a reminder is tried for six hours, as long as Lambda tries a write of a stream', () => {
  expect(EXPIRY_VISIBILITY_SECONDS * EXPIRY_RECEIVES).toBe(21_600);
});
