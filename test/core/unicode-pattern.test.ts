import { describe, expect, it } from 'vitest';
import { unicodePattern } from '../../provider/core/unicode-pattern.ts';

describe('unicodePattern', () => {
  it('makes a pattern that knows properties of Unicode and whole code points', () => {
    const letters = unicodePattern(String.raw`^\p{L}{2}$`);
    expect(['aß', '𝒜𝒜', 'a1', 'aaa'].map((text) => letters().test(text))).toEqual([true, true, false, false]);
  });

  it('adds flags, and makes the pattern once', () => {
    const pattern = unicodePattern('a', 'gi');
    expect('aA'.match(pattern())).toEqual(['a', 'A']);
    expect(pattern()).toBe(pattern());
  });

  it('makes it only when it is needed: a pattern that nobody uses is never read', () => {
    const broken = unicodePattern('[');
    expect(broken).toThrow(SyntaxError);
  });
});
