import { unicodePattern } from '../unicode-pattern.ts';

/**
 * A name by which a user can be found. Values are in normal form, so that the stored and the requested value compare
 * equal.
 */
export type LoginIdentifier = { readonly type: 'email' | 'phone' | 'username'; readonly value: string };

const email = unicodePattern(String.raw`^[^\s@\p{C}]{1,64}@[^\s@\p{C}]{1,190}$`);

const phone = /^\+[1-9]\d{6,14}$/;

const username = unicodePattern(String.raw`^[\p{L}\p{N}][\p{L}\p{N}\p{M}._'-]{0,63}$`);

/**
 * A subject identifier: 1 to 128 ASCII characters, where OIDC Core §2 allows 255. None of them separates the parts of a
 * key (`#`) or a path (`/`). `.` and `..` alone are excluded, because they have a meaning in paths.
 */
const subject = /^(?!\.{1,2}$)[A-Za-z0-9._|:@+-]{1,128}$/;

/** Returns an e-mail address in its stored form: trimmed, NFC, lower case. Undefined if it is malformed. */
export function parseEmail(value: string): string | undefined {
  const normal = normalEmail(value);
  return email().test(normal) ? normal : undefined;
}

/**
 * Returns a phone number in its stored form: E.164, without the spaces, dots, dashes and brackets that people write.
 * Undefined if it is malformed.
 */
export function parsePhoneNumber(value: string): string | undefined {
  const normal = normalPhoneNumber(value);
  return phone.test(normal) ? normal : undefined;
}

/** Returns a username in its stored form: trimmed, NFKC, lower case. Undefined if it is malformed. */
export function parseUsername(value: string): string | undefined {
  const normal = normalUsername(value);
  return username().test(normal) ? normal : undefined;
}

/** Puts an e-mail address, or its beginning, into the stored form. Checks nothing. */
export function normalEmail(value: string): string {
  return value.trim().normalize('NFC').toLowerCase().normalize('NFC');
}

/** Puts a phone number, or its beginning, into the stored form. Checks nothing. */
export function normalPhoneNumber(value: string): string {
  return value
    .trim()
    .replace(/^tel:/i, '')
    .replace(/[ ().-]/g, '');
}

/** Puts a username, or its beginning, into the stored form. Checks nothing. */
export function normalUsername(value: string): string {
  return value.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}

/** Returns whether a value can be a `sub` of this provider. */
export function isSubject(value: unknown): value is string {
  return typeof value === 'string' && subject.test(value);
}
