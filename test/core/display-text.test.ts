import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isDisplayable } from '../../provider/core/display-text.ts';

const shows = (text: string, limit = 64) => isDisplayable(text, limit);

describe('text that the phone may show', () => {
  it.each([
    'Example Bank',
    'Grüße, “Straße” – 5 €!',
    'naïve café',
    'Ελληνικά',
    'العربية',
    'हिन्दी',
    '한국어',
    '日本語。',
    'tiếng Việt',
    'A & B (C) [D] {E} / F \\ G',
    '100 % + 20 ¥',
  ])('shows %s', (text) => {
    expect(shows(text.normalize('NFC'))).toBe(true);
  });

  it.each([
    ['right-to-left override', 'pay \u202E05'],
    ['left-to-right embedding', '\u202Apay'],
    ['right-to-left isolate', 'a\u2067b\u2069c'],
    ['left-to-right mark', 'a\u200Eb'],
    ['Arabic letter mark', 'a\u061Cb'],
    ['zero width space', 'a\u200Bb'],
    ['zero width non-joiner', 'a\u200Cb'],
    ['zero width joiner', 'a\u200Db'],
    ['word joiner', 'a\u2060b'],
    ['byte order mark', 'a\uFEFFb'],
    ['soft hyphen', 'a\u00ADb'],
    ['Hangul filler', 'a\u3164b'],
    ['half-width Hangul filler', 'a\uFFA0b'],
    ['Hangul choseong filler', 'a\u115Fb'],
    ['Hangul jungseong filler', 'a\u1160b'],
    ['Khmer vowel that draws nothing', 'a\u17B4b'],
    ['Mongolian vowel separator', 'a\u180Eb'],
    ['combining grapheme joiner', 'a\u034Fb'],
    ['variation selector', 'a\uFE0Fb'],
    ['variation selector of the supplement', 'a\u{E0100}b'],
    ['tag character', 'a\u{E0041}b'],
    ['Egyptian full blank, a letter by category', 'a\u{13441}b'],
    ['Egyptian half blank, a letter by category', 'a\u{13442}b'],
    ['Khitan small script filler, a mark by category', 'a\u{16FE4}b'],
    ['Braille blank', 'a\u2800b'],
    ['line feed', 'a\nb'],
    ['tabulator', 'a\tb'],
    ['NUL', 'a\0b'],
    ['escape', 'a\u001B[31mb'],
    ['C1 control', 'a\u0085b'],
    ['line separator', 'a\u2028b'],
    ['no-break space', 'a\u00A0b'],
    ['ideographic space', 'a\u3000b'],
    ['emoji', 'ok \u{1F44D}'],
    ['emoji sequence', '\u{1F468}\u200D\u{1F469}'],
    ['flag', '\u{1F1E9}\u{1F1EA}'],
    ['keycap', '1\uFE0F\u20E3'],
    ['symbol', 'a → b'],
    ['mathematical sign other than plus', '1 = 1'],
    ['replacement character', 'a\uFFFDb'],
    ['private use', 'a\uE000b'],
    ['unassigned', 'a\u0378b'],
    ['lone surrogate', 'a\uD800b'],
  ])('does not show a %s', (_, text) => {
    expect(shows(text)).toBe(false);
  });

  it('wants NFC: the same letter taken apart is not shown', () => {
    expect(shows('é')).toBe(true);
    expect(shows('e\u0301')).toBe(false);
  });

  it('shows up to three marks on a letter, not four, and none without a letter', () => {
    expect(shows('x\u0323\u0331\u0302')).toBe(true);
    expect(shows('x\u0323\u0331\u0302\u0303')).toBe(false);
    expect(shows('\u0302x')).toBe(false);
    expect(shows('x \u0302')).toBe(false);
    expect(shows('1\u0302')).toBe(false);
  });

  it('has 1 to limit code points', () => {
    expect(shows('', 3)).toBe(false);
    expect(shows('a', 3)).toBe(true);
    expect(shows('abc', 3)).toBe(true);
    expect(shows('abcd', 3)).toBe(false);
    expect(shows('𐐀𐐀𐐀', 3)).toBe(true);
  });

  it.each([' ', ' a', 'a ', '\ta'])('has no space at either end: "%s"', (text) => {
    expect(shows(text)).toBe(false);
  });

  it('shows nothing that holds a control, format, private or unassigned character, wherever it stands', () => {
    const hidden = fc
      .integer({ min: 0, max: 0x10ffff })
      .map((codePoint) => String.fromCodePoint(codePoint))
      .filter(
        (character) => /[\p{C}\p{Z}\p{So}\p{Default_Ignorable_Code_Point}]/u.test(character) && character !== ' ',
      );
    fc.assert(
      fc.property(fc.string({ maxLength: 5 }), hidden, fc.string({ maxLength: 5 }), (before, character, after) => {
        expect(shows(`a${before}${character}${after}z`)).toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows every printable ASCII letter, digit and punctuation mark', () => {
    const ascii = Array.from({ length: 94 }, (_, index) => String.fromCodePoint(index + 0x21));
    expect(ascii.filter((character) => !shows(`a${character}b`)).join('')).toBe('<=>^`|~');
  });
});
