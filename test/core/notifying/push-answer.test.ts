import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  deliverySeconds,
  isTooLate,
  judgePush,
  mostPushDeliveries,
  retryAfterIn,
} from '../../../provider/core/notifying/push-answer.ts';
import { NOW } from '../given.ts';

describe('how long a push is tried', () => {
  it.each([
    [900, 450],
    [3600, 1800],
    [61, 30],
    [1, 0],
    [43_200, 21_600],
    [86_400, 21_600],
  ])('an access token of %i s is worth a delivery for %i s', (life, seconds) => {
    expect(deliverySeconds(life)).toBe(seconds);
  });

  it('no try comes after the end, whatever the client answers, and one message is enough for all of them', () => {
    const answer = fc.oneof(
      fc.constant({ unreachable: 'timeout' }),
      fc.record({
        status: fc.constantFrom(0, 429, 500, 503),
        retryAfterSeconds: fc.option(fc.nat(), { nil: undefined }),
      }),
    );
    const run = fc.property(
      fc.array(answer, { minLength: 1, maxLength: 20 }),
      fc.integer({ min: 0, max: 5000 }),
      (answers, seconds) => {
        const until = NOW + seconds;
        let now = NOW;
        for (let tries = 1; ; tries += 1) {
          const judged = judgePush(answers[tries % answers.length] ?? { status: 500 }, { tries, now, until });
          if (judged.outcome !== 'again') {
            expect(judged.outcome).toBe('give_up');
            expect(tries).toBeLessThanOrEqual(mostPushDeliveries(seconds));
            return;
          }
          expect(judged.seconds).toBeGreaterThanOrEqual(1);
          now += judged.seconds;
          expect(now).toBeLessThanOrEqual(until);
        }
      },
    );
    fc.assert(run);
  });

  it.each([
    [-1, false],
    [0, false],
    [5, false],
    [6, true],
    [3600, true],
  ])('a try %i s after that is too late: %s', (seconds, isLate) => {
    expect(isTooLate({ until: NOW }, NOW + seconds)).toBe(isLate);
  });
});

describe('Retry-After (RFC 9110 §10.2.3)', () => {
  it.each([
    ['120', 120],
    ['0', 0],
    [undefined, undefined],
    ['Fri, 31 Dec 2027 23:59:59 GMT', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['9'.repeat(10), undefined],
    ['120, 120', undefined],
  ])('%s means %s seconds', (header, seconds) => {
    expect(retryAfterIn(header)).toBe(seconds);
  });
});
