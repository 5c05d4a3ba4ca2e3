import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LONGEST_EXPIRY_SECONDS, parseRequestedExpiry } from '../../../provider/core/asking/expiry.ts';
import { refusalOf } from '../given.ts';

const LIMITS = { default: 120, limit: 600 };
const parse = (value: string | undefined) => parseRequestedExpiry(value, LIMITS);

describe('requested_expiry (CIBA §7.1)', () => {
  it('is the provider’s default when absent', () => {
    expect(parse(undefined)).toEqual({ ok: true, value: 120 });
  });

  it.each([
    ['10', 10],
    ['11', 11],
    ['30', 30],
    ['599', 599],
    ['600', 600],
  ])('honours %s', (asked, seconds) => {
    expect(parse(asked)).toEqual({ ok: true, value: seconds });
  });

  it.each([
    ['1', 10],
    ['9', 10],
    ['601', 600],
    ['999999999', 600],
  ])('clamps %s to %d', (asked, seconds) => {
    expect(parse(asked)).toEqual({ ok: true, value: seconds });
  });

  it.each([
    '0',
    '-1',
    '-10',
    '+10',
    '1e3',
    '10.0',
    '10.5',
    '0x10',
    '010',
    ' 10',
    '10 ',
    '10\n',
    '١٠',
    'ten',
    '',
    'NaN',
    'Infinity',
  ])('refuses "%s": not a positive integer', (asked) => {
    expect(refusalOf(parse(asked))).toEqual({
      reason: 'invalid_parameter',
      name: 'requested_expiry',
      expected: 'a positive integer of seconds',
    });
  });

  it.each([
    ['300', 300],
    ['259200', 259_200],
    ['259201', 259_200],
  ])('makes %s to %d where a deployment allows 72 hours', (asked, seconds) => {
    const limits = { default: 120, limit: LONGEST_EXPIRY_SECONDS };
    expect(parseRequestedExpiry(asked, limits)).toEqual({ ok: true, value: seconds });
  });

  it('never answers less than 10 s or more than the limit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 999_999_999 }), (asked) => {
        expect(parse(String(asked))).toEqual({ ok: true, value: Math.min(Math.max(asked, 10), 600) });
      }),
    );
  });
});
