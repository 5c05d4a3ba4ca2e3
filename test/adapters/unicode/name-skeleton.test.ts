import { describe, expect, it } from 'vitest';
import { nameSkeleton } from '../../../provider/adapters/unicode/name-skeleton.ts';

describe('the skeleton of a name (Unicode TS 39 §4)', () => {
  it.each([
    ['Cyrillic letters', 'H\u0430rbor B\u0430nk', 'Harbor Bank'],
    ['a capital i for an l', 'PayPaI', 'PayPal'],
    ['a one for an l', 'Paypa1', 'Paypal'],
    ['a zero for an o', 'Harb0r Bank', 'Harbor Bank'],
    ['r and n for an m', 'rnodern bank', 'modern bank'],
    ['another case', 'COASTAL CREDIT', 'Coastal credit'],
    ['another case of what looks like two letters', 'MODERN', 'rnodern'],
    ['a letter with its mark apart', 'Caf\u00E9', 'Cafe\u0301'],
    ['letters in full width', '\uFF21\uFF22', 'AB'],
  ])('is the same with %s', async (_what, imitation, name) => {
    expect(await nameSkeleton(imitation)).toBe(await nameSkeleton(name));
  });

  it.each([
    ['Harbor Bank', 'Harbor Banks'],
    ['Harbor Bank', 'Port Bank'],
    ['\u30D0\u30F3\u30AF', '\u9280\u884C'],
  ])('differs for %s and %s', async (one, other) => {
    expect(await nameSkeleton(one)).not.toBe(await nameSkeleton(other));
  });
});
