import { describe, expect, it } from 'vitest';
import { classesToAskFor, parseAcrValues } from '../../../provider/core/asking/acr-values.ts';
import { refusalOf, valueFrom } from '../given.ts';

const MALFORMED = {
  reason: 'invalid_parameter',
  name: 'acr_values',
  expected: 'up to 20 values of at most 255 printable ASCII characters, separated by single spaces',
};

describe('acr_values (CIBA §7.1)', () => {
  it('is a list separated by spaces, in order of preference, each once', () => {
    expect(valueFrom(parseAcrValues('urn:high urn:low'))).toEqual(['urn:high', 'urn:low']);
    expect(valueFrom(parseAcrValues('2 1 2'))).toEqual(['2', '1']);
    expect(valueFrom(parseAcrValues(undefined))).toEqual([]);
  });

  it('has up to 20 values of up to 255 characters', () => {
    expect(parseAcrValues(Array.from({ length: 20 }, (_, n) => `a${n}`).join(' ')).ok).toBe(true);
    expect(parseAcrValues('x'.repeat(255)).ok).toBe(true);
  });

  it.each([
    ['21 values', Array.from({ length: 21 }, (_, n) => `a${n}`).join(' ')],
    ['21 values that are equal', Array.from({ length: 21 }, () => 'a').join(' ')],
    ['a value of 256 characters', 'x'.repeat(256)],
    ['only a space', ' '],
    ['a space at an end', 'urn:high '],
    ['two spaces in a row', 'urn:high  urn:low'],
    ['a tab', 'urn:high\turn:low'],
    ['a line break', 'urn:high\nurn:low'],
    ['a null', 'urn:high\0'],
    ['a letter that is not ASCII', 'urn:höch'],
    ['a bidirectional override', 'urn:\u202Ehgih'],
    ['a surrogate alone', 'urn:\uD800'],
  ])('is refused with %s', (_, list) => {
    expect(refusalOf(parseAcrValues(list))).toEqual(MALFORMED);
  });

  it('offers each class of the policy once, and none that could not stand in the list (OIDC Discovery §3)', () => {
    const rule = (acr: string) => ({ acr, anyOf: ['pin'] });
    expect(classesToAskFor([rule('urn:high'), rule('urn:high'), rule('two words'), rule('urn:low')])).toEqual([
      'urn:high',
      'urn:low',
    ]);
  });
});
