/**
 * An id that begins with a dash, as one in 64 does: ids of this provider are 22 or 43 characters of base64url. No option
 * is written like this: all have two dashes, and the only short one is -h.
 */
const DASHED_ID = /^-[A-Za-z0-9_][A-Za-z0-9_-]{14,}$/;
/** No word of a command line can have this character. */
const MARK = '\0';

/** Marks the ids that begin with a dash, so that the parser takes them for what they are. */
export function withIdsMarked(args: readonly string[]): string[] {
  const end = args.indexOf('--');
  return args.map((word, index) => (DASHED_ID.test(word) && (end < 0 || index < end) ? MARK + word : word));
}

/** Takes the mark away. */
export function withoutMark(word: string): string {
  return word.startsWith(MARK) ? word.slice(MARK.length) : word;
}
