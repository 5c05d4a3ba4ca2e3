import type { IssuerNames } from '../issuer.ts';
import { parseEmail, parsePhoneNumber, parseUsername } from '../person/login-identifier.ts';
import type { Result } from '../result.ts';
import type { LoginHint } from './hint.ts';
import { malformed, nameOf, readAccount, readSubject, readSubjectIdentifier } from './subject-identifier.ts';

/** Longest hint in UTF-16 code units. An e-mail address has at most 254. */
const HINT_LIMIT = 512;
/** Longest hint as JSON, in the same units. Five aliases fit. */
const JSON_LIMIT = 2048;

/**
 * Reads `login_hint`: an e-mail address, a phone number (with a leading `+`), a username, `sub:` with a subject, an
 * `acct:` URI, or a subject identifier of RFC 9493 as JSON. Auth0's SDKs send the JSON form. A subject needs its
 * prefix, because it may look like another user's username, which has no colon.
 */
export function parseLoginHint(hint: string, names: IssuerNames): Result<LoginHint> {
  const isJson = hint.trimStart().startsWith('{');
  const limit = isJson ? JSON_LIMIT : HINT_LIMIT;
  if (hint.length > limit) return malformed(`at most ${limit} characters`);
  if (isJson) return parseJson(hint, names);
  if (hint.startsWith('sub:')) return readSubject(hint.slice('sub:'.length));
  if (/^\s*acct:/i.test(hint)) return readAccount(hint, names);
  if (hint.includes('@')) return nameOf('email', parseEmail(hint));
  if (/^\s*(\+|tel:)/i.test(hint)) return nameOf('phone', parsePhoneNumber(hint));
  return nameOf('username', parseUsername(hint));
}

/** Reads JSON that begins with a brace. It can be nothing but an object, if it is JSON at all. */
function parseJson(hint: string, names: IssuerNames): Result<LoginHint> {
  let value: unknown;
  try {
    value = JSON.parse(hint);
  } catch {
    return malformed('a JSON object, as in RFC 9493');
  }
  return readSubjectIdentifier(value, names);
}
