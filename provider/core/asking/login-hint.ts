import { type IssuerNames, namesIssuer } from '../issuer.ts';
import {
  isSubject,
  type LoginIdentifier,
  parseEmail,
  parsePhoneNumber,
  parseUsername,
} from '../person/login-identifier.ts';
import { ok, type Result, refuse } from '../result.ts';

/** The user that a client asks for: a login identifier, or the subject itself (RFC 9493 `iss_sub`). */
export type LoginHint =
  | { readonly kind: 'identifier'; readonly identifier: LoginIdentifier }
  | { readonly kind: 'sub'; readonly sub: string };

/** Longest hint in UTF-16 code units. An e-mail address has at most 254, and an issuer with a subject fits as well. */
const HINT_LIMIT = 512;

const identifier = (type: LoginIdentifier['type'], value: string): Result<LoginHint> =>
  ok({ kind: 'identifier', identifier: { type, value } });

/**
 * Reads `login_hint`: an e-mail address, a phone number (with a leading `+`), a username, or a subject identifier of
 * RFC 9493 as JSON (`iss_sub`, `email`, `phone_number`). Auth0's SDKs send the JSON form. `flows/asking/request/find-and-count.ts` finds the user.
 */
export function parseLoginHint(hint: string, names: IssuerNames): Result<LoginHint> {
  if (hint.length > HINT_LIMIT) return malformed('at most 512 characters');
  if (hint.trimStart().startsWith('{')) return parseSubjectIdentifier(hint, names);
  if (hint.includes('@')) return orMalformed('email', parseEmail(hint));
  if (/^\s*(\+|tel:)/i.test(hint)) return orMalformed('phone', parsePhoneNumber(hint));
  return orMalformed('username', parseUsername(hint));
}

function orMalformed(type: LoginIdentifier['type'], value: string | undefined): Result<LoginHint> {
  return value === undefined
    ? malformed('an e-mail address, a phone number as +4912345678, a username, or an RFC 9493 subject identifier')
    : identifier(type, value);
}

function malformed(expected: string): Result<LoginHint> {
  return refuse({ reason: 'login_hint_malformed', expected });
}

/**
 * Reads a subject identifier. `format` determines its members (RFC 9493 §3.2). As in the RFC, a member that does not
 * belong to the format is an error.
 */
function parseSubjectIdentifier(hint: string, names: IssuerNames): Result<LoginHint> {
  const parsed = parseStringMembers(hint);
  if (!parsed) return malformed('a flat JSON object with string members, as in RFC 9493');
  const { format, ...members } = parsed;
  const has = (...wanted: string[]): boolean =>
    Object.keys(members).length === wanted.length && wanted.every((name) => Object.hasOwn(members, name));
  if (format === 'iss_sub' && has('iss', 'sub')) {
    if (!namesIssuer(members['iss'] ?? '', names)) return refuse({ reason: 'unknown_user', because: 'foreign_issuer' });
    const sub = members['sub'];
    return isSubject(sub) ? ok({ kind: 'sub', sub }) : refuse({ reason: 'unknown_user', because: 'no_profile' });
  }
  if (format === 'email' && has('email')) return orMalformed('email', parseEmail(members['email'] ?? ''));
  if (format === 'phone_number' && has('phone_number')) {
    return orMalformed('phone', parsePhoneNumber(members['phone_number'] ?? ''));
  }
  return malformed('format iss_sub with iss and sub, email with email, or phone_number with phone_number');
}

/** Reads JSON that begins with a brace. It can be nothing but an object, if it is JSON at all. */
function parseStringMembers(json: string): Record<string, string> | undefined {
  try {
    const value: object = JSON.parse(json);
    const entries = Object.entries(value);
    return entries.every(([, member]) => typeof member === 'string') ? Object.fromEntries(entries) : undefined;
  } catch {
    return undefined;
  }
}
