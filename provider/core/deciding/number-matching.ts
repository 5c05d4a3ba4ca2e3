import { equalInConstantTime } from '../digest.ts';

/**
 * Who types the number that the other one shows. `phone_enters`: the client shows it, and the user types it on the
 * phone before they approve. `client_enters`: the phone shows it after the approval, and the user types it where the
 * request began. RFC 10027 §6.1.16 calls the second one request initiation verification.
 */
export const NUMBER_MATCHING = ['phone_enters', 'client_enters'] as const;

/** One of {@link NUMBER_MATCHING}. */
export type NumberMatching = (typeof NUMBER_MATCHING)[number];

/** Why a number that a client entered is not compared. */
export type NoNumberAwaited = 'unknown' | 'foreign' | 'needs_none' | 'over';

/** How many numbers there are: `00` to `99`. */
export const NUMBERS = 100;

/** How many wrong numbers end a request. So a person who guesses is right in 3 of 100 requests. */
export const NUMBER_TRIES = 3;

/** The method of an approval whose number matched: more than one channel was used (RFC 8176 §2). */
const MULTIPLE_CHANNEL = 'mca';

/** Writes a number as people see and type it: two digits. `value` is from 0 to 99. */
export function numberText(value: number): string {
  return String(value).padStart(2, '0');
}

/** Returns whether a text is a number as it is shown: two digits. */
export function isNumberText(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9]{2}$/.test(text);
}

/** Returns whether a number is the one that a request waits for. Without any, every number is wrong. */
export function matches(entered: string, number: string | undefined): boolean {
  const isEqual = equalInConstantTime(entered, number ?? '');
  return isEqual && number !== undefined;
}

/** What a wrong number does to a request. */
export type WrongNumber = {
  /** How many wrong numbers there are, with this one. */
  readonly count: number;
  /** How many attempts are left. With 0 the request has failed. */
  readonly attemptsLeft: number;
};

/** Counts one more wrong number. */
export function countWrong({ wrongNumbers = 0 }: { readonly wrongNumbers?: number | undefined }): WrongNumber {
  const count = wrongNumbers + 1;
  return { count, attemptsLeft: Math.max(0, NUMBER_TRIES - count) };
}

/** Returns the methods of an approval, once its number has matched. */
export function withMultipleChannels(amr: readonly string[]): readonly string[] {
  return [...amr, MULTIPLE_CHANNEL];
}

/** Returns whether an answer is an approval that does not count before the client has entered a number. */
export function awaitsNumber(
  { numberMatching }: { readonly numberMatching?: NumberMatching | undefined },
  { decision }: { readonly decision: 'approve' | 'deny' },
): boolean {
  return numberMatching === 'client_enters' && decision === 'approve';
}
