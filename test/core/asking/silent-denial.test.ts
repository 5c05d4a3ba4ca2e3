import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { silentCorrelationId, silentDenialAt } from '../../../provider/core/asking/silent-denial.ts';
import { NOW } from '../given.ts';

const BLOCK = { clientId: 'bank', registrationId: 'r', profileId: 'p', denials: 1, deniedAt: NOW - 100 };
const asked = (seconds: number) => ({ issuedAt: NOW, expiresAt: NOW + seconds });

describe('a client that was reported for fraud hears of a denial', () => {
  it('5 to 45 seconds after it asked, at random', () => {
    expect(silentDenialAt(asked(120), BLOCK, 0)).toBe(NOW + 5);
    expect(silentDenialAt(asked(120), BLOCK, 0.5)).toBe(NOW + 25);
    expect(silentDenialAt(asked(120), BLOCK, 0.999_999)).toBe(NOW + 45);
  });

  it('before the request expires, however short it is', () => {
    const lives = fc.integer({ min: 10, max: 600 });
    const fractions = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
    fc.assert(
      fc.property(lives, fractions, fc.integer({ min: -100, max: 100 }), (life, fraction, ahead) => {
        const at = silentDenialAt(asked(life), { ...BLOCK, deniedAt: NOW + ahead }, fraction);
        expect(at).toBeGreaterThan(NOW);
        expect(at).toBeLessThan(NOW + life);
      }),
    );
  });

  it('at the same instant as of an earlier request that it still waits for', () => {
    expect(silentDenialAt(asked(120), { ...BLOCK, deniedAt: NOW + 30 }, 0)).toBe(NOW + 30);
    expect(silentDenialAt(asked(10), { ...BLOCK, deniedAt: NOW + 30 }, 0)).toBe(NOW + 9);
  });
});

it('a silent notification has a correlation id of the form that the gateway makes, but not the one of its own call', () => {
  const random = 'abcdefghijklmnopqrstuv';
  expect(silentCorrelationId('JKJaXmPLvHcESHA=', random)).toBe('abcdefghijklmno=');
  expect(silentCorrelationId('AAAAAAAAAAAAAAAA', random)).toBe('abcdefghijklmnop');
});
