/**
 * The readable characters: letters with their marks, digits, punctuation, currency signs, space and plus. Control and
 * format characters (bidirectional overrides, zero-width), symbols and emoji are excluded, because they can hide or
 * imitate other text.
 */
const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{Sc}+ ]+$/u;
/**
 * Letters and marks by category that are drawn as nothing. Unicode lists Hangul fillers, variation selectors and the
 * grapheme joiner as ignorable; it does not list the Egyptian blanks and the Khitan filler, which are added here.
 */
const invisible = /[\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}\u{16FE4}]/u;
/**
 * Four or more marks in a row, which no script needs and which can cover other text, or a mark without a letter to
 * stand on.
 */
const stackedMarks = /(?:^|[^\p{L}\p{M}])\p{M}|\p{M}{4}/u;

/**
 * Returns whether a text may be shown to the user on the phone: 1 to `limit` code points, in NFC, readable characters
 * only, no space at either end, and no two spaces in a row, which could push text out of sight. The rule applies to
 * binding messages, client names, scope descriptions and device names.
 */
export function isDisplayable(text: string, limit: number): boolean {
  const length = [...text].length;
  return (
    length >= 1 &&
    length <= limit &&
    text === text.normalize('NFC') &&
    text === text.trim() &&
    readable.test(text) &&
    !text.includes('  ') &&
    !invisible.test(text) &&
    !stackedMarks.test(text)
  );
}
