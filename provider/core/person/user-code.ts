import { ok, type Result, refuse } from '../result.ts';
import { unicodePattern } from '../unicode-pattern.ts';

/**
 * The user code of a person (CIBA §7.1.2), as it is stored: no client may ask this person without it. `hash` is slow to
 * compute and says how it was made. `codeId` is new for each code, so that wrong attempts at one code do not count for
 * the next one.
 */
export type UserCode = {
  /** The person whom it protects. A code of a former person with the subject counts for nothing. */
  readonly profileId: string;
  readonly codeId: string;
  readonly hash: string;
  /** When it was set. */
  readonly setAt: number;
};

/** Shortest and longest code, in code points. */
const [SHORTEST, LONGEST] = [4, 64];
/** Letters with their marks, digits, punctuation, symbols and spaces inside: what a person can type on a phone. */
const typed = unicodePattern(
  String.raw`^[\p{L}\p{M}\p{N}\p{P}\p{S}](?:[\p{L}\p{M}\p{N}\p{P}\p{S} ]*[\p{L}\p{M}\p{N}\p{P}\p{S}])?$`,
);

/**
 * Returns a code in the form that is hashed: NFC, because two keyboards may write one letter in two ways. Undefined if
 * nobody can have it: too short, too long, or with control characters or spaces at an end.
 */
export function normalUserCode(text: string): string | undefined {
  const code = text.normalize('NFC');
  const { length } = [...code];
  return length >= SHORTEST && length <= LONGEST && typed().test(code) ? code : undefined;
}

/** Reads a code that is to be set. */
export function parseUserCode(text: string): Result<string> {
  const code = normalUserCode(text);
  return code === undefined
    ? refuse({
        reason: 'invalid_parameter',
        name: 'user_code',
        expected: `${SHORTEST} to ${LONGEST} letters, digits, punctuation marks or symbols, with spaces only between them`,
      })
    : ok(code);
}

/** Returns the code that protects this person. Undefined if there is none, or it is that of a former person. */
export function userCodeOf(stored: UserCode | undefined, user: { readonly profileId: string }): UserCode | undefined {
  return stored?.profileId === user.profileId ? stored : undefined;
}
