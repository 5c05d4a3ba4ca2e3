import { unicodePattern } from './unicode-pattern.ts';

/**
 * The characters that a person can read and in which no other text can be hidden: letters with their marks, digits,
 * punctuation, currency signs, space and plus. Control and format characters (bidirectional overrides, zero-width),
 * symbols and emoji are excluded, and so is an empty text.
 */
const readable = unicodePattern(String.raw`^[\p{L}\p{M}\p{N}\p{P}\p{Sc}+ ]+$`);
/**
 * Characters whose category is letter or mark, but which are drawn as nothing. Unicode lists Hangul fillers, variation
 * selectors and the grapheme joiner as ignorable. It does not list the Egyptian blanks and the Khitan filler, which are
 * added here.
 */
const invisible = unicodePattern(String.raw`[\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}\u{16FE4}]`);
/**
 * Four or more marks in a row, which no script needs and which can cover other text, or a mark without a letter to
 * stand on.
 */
const stackedMarks = unicodePattern(String.raw`(?:^|[^\p{L}\p{M}])\p{M}|\p{M}{4}`);

/**
 * Returns whether a text may be shown to the user on the phone: 1 to `limit` code points, in NFC, readable characters
 * only, no space at either end, and no two spaces in a row, which could push text out of sight. The rule applies to
 * binding messages, client names, scope descriptions and device names.
 */
export function isDisplayable(text: string, limit: number): boolean {
  return (
    [...text].length <= limit &&
    text === text.normalize('NFC') &&
    text === text.trim() &&
    readable().test(text) &&
    !text.includes('  ') &&
    !invisible().test(text) &&
    !stackedMarks().test(text)
  );
}
