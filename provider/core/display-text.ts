/**
 * Characters that a person can read and nobody can hide in: letters with their marks, digits, punctuation, currency
 * signs, space and plus. No control or format characters (bidirectional overrides, zero-width), no symbols or emoji.
 */
const readable = /^[\p{L}\p{M}\p{N}\p{P}\p{Sc}+ ]+$/u;
/**
 * Letters and marks by category that draw nothing: Hangul fillers, variation selectors, the grapheme joiner; and those
 * that Unicode does not list with them: the Egyptian blanks and the Khitan filler.
 */
const invisible = /[\p{Default_Ignorable_Code_Point}\u{13441}\u{13442}\u{16FE4}]/u;
/** More marks than any script needs, stacked to cover other text; or a mark with nothing to stand on. */
const stackedMarks = /(?:^|[^\p{L}\p{M}])\p{M}|\p{M}{4}/u;

/**
 * Whether a text may be shown to the user on the phone: 1 to `limit` code points, NFC, readable characters only, no
 * space at either end and no two in a row, which could push text out of sight. Holds for binding messages, client names, scope descriptions and device names.
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
