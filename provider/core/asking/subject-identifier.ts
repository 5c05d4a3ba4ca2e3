import { type IssuerNames, namesIssuer } from '../issuer.ts';
import {
  isSubject,
  type LoginIdentifier,
  parseEmail,
  parsePhoneNumber,
  parseUsername,
} from '../person/login-identifier.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { LoginHint, UserName } from './hint.ts';

/** How many names a subject identifier of the format `aliases` may have. Each costs a read. */
const MOST_ALIASES = 5;
const OF_A_FORM =
  'an e-mail address, a phone number as +4912345678, a username, sub: with a subject, or an RFC 9493 subject identifier';
const MEMBERS =
  'a subject identifier of RFC 9493: format iss_sub with iss and sub, email with email, phone_number with phone_number, opaque with id, account with uri, or aliases with identifiers';
const account = /^acct:([^@]+)@([^@/?#]+)$/i;

type Format = {
  readonly members: readonly string[];
  read(members: readonly string[], names: IssuerNames): Result<UserName>;
};

/**
 * The formats that name one user in one way (RFC 9493 §3.2), with their members in the order in which they are read.
 */
const FORMATS: Readonly<Record<string, Format>> = {
  iss_sub: { members: ['iss', 'sub'], read: ([iss = '', sub = ''], names) => readIssuerSubject({ iss, sub }, names) },
  email: { members: ['email'], read: ([email = '']) => nameOf('email', parseEmail(email)) },
  phone_number: { members: ['phone_number'], read: ([phone = '']) => nameOf('phone', parsePhoneNumber(phone)) },
  // §3.2.5: an identifier that only its two parties understand. Here it is the `sub`.
  opaque: { members: ['id'], read: ([id = '']) => readSubject(id) },
  account: { members: ['uri'], read: ([uri = ''], names) => readAccount(uri, names) },
};

/**
 * Reads a subject identifier. `format` determines its members (RFC 9493 §3.2). As in the RFC, a member that does not
 * belong to the format is an error.
 */
export function readSubjectIdentifier(value: unknown, names: IssuerNames): Result<LoginHint> {
  const { format, ...members }: Readonly<Record<string, unknown>> = { ...Object(value) };
  if (format === 'aliases' && hasOnly(members, ['identifiers'])) return readAliases(members['identifiers'], names);
  return readSingle(value, names);
}

/** Reads `sub` as the subject of a user. A malformed subject finds no user. */
export function readSubject(sub: string): Result<UserName> {
  return isSubject(sub) ? ok({ kind: 'sub', sub }) : refuse({ reason: 'unknown_user', because: 'no_profile' });
}

/**
 * Reads an `acct:` URI (RFC 7565). The account is one of this provider if the host is that of its issuer, and its name
 * is then the username. It is no e-mail address, even if it looks like one.
 */
export function readAccount(uri: string, { issuer, previousIssuers }: IssuerNames): Result<UserName> {
  const [, user, host] = account.exec(uri.trim()) ?? [];
  const username = user && decoded(user);
  if (!username || !host) return malformed(OF_A_FORM);
  const hosts = [issuer, ...previousIssuers].map((url) => new URL(url).hostname);
  if (!hosts.includes(host.toLowerCase())) return refuse({ reason: 'unknown_user', because: 'foreign_issuer' });
  return nameOf('username', parseUsername(username));
}

/** Returns a name in its stored form. Undefined means that it is malformed. */
export function nameOf(type: LoginIdentifier['type'], value: string | undefined): Result<UserName> {
  return value === undefined ? malformed(OF_A_FORM) : ok({ kind: 'identifier', identifier: { type, value } });
}

/** Refuses a hint that is none of the forms. */
export function malformed(expected: string): Result<never> {
  return refuse({ reason: 'login_hint_malformed', expected });
}

function readSingle(value: unknown, names: IssuerNames): Result<UserName> {
  const { format, ...members }: Readonly<Record<string, unknown>> = { ...Object(value) };
  const known = typeof format === 'string' && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (!known || !hasOnly(members, known.members)) return malformed(MEMBERS);
  const values = known.members.map((name) => members[name]).filter((member) => typeof member === 'string');
  return values.length === known.members.length ? known.read(values, names) : malformed(MEMBERS);
}

/**
 * Reads several names of one person. Names at other providers are left out. `aliases` may not
 * contain `aliases` (RFC 9493 §3.2.8).
 */
function readAliases(identifiers: unknown, names: IssuerNames): Result<LoginHint> {
  if (!Array.isArray(identifiers) || identifiers.length === 0 || identifiers.length > MOST_ALIASES)
    return malformed(`1 to ${MOST_ALIASES} identifiers where the format is aliases`);
  const read = identifiers.map((one) => readSingle(one, names));
  const wrong = read.find((one) => !one.ok && one.refusal.reason !== 'unknown_user');
  if (wrong && !wrong.ok) return wrong;
  const known = read.flatMap((one) => (one.ok ? [one.value] : []));
  return known.length > 0
    ? ok({ kind: 'aliases', names: known })
    : refuse({ reason: 'unknown_user', because: 'foreign_issuer' });
}

function readIssuerSubject({ iss, sub }: { iss: string; sub: string }, names: IssuerNames): Result<UserName> {
  return namesIssuer(iss, names) ? readSubject(sub) : refuse({ reason: 'unknown_user', because: 'foreign_issuer' });
}

function hasOnly(members: object, wanted: readonly string[]): boolean {
  return Object.keys(members).length === wanted.length && wanted.every((name) => Object.hasOwn(members, name));
}

/** Decodes percent-encoding. Undefined if it is broken. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
