import type { UserProfile } from '../../provider/core/person/profile.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { nearestName } from '../command-line/nearest-name.ts';
import { quoted } from '../command-line/text-layout.ts';

/** What a field of a file sets. `not blocked` is a field that says whether the user may log in. */
export type Target = keyof UserProfile | 'not blocked';

/** The members by which a client can name a user, and which somebody must have verified. */
export type Address = 'email' | 'phone_number';

/** The members of a user, and the kind of value that each has. */
const KINDS = {
  sub: 'text',
  name: 'text',
  given_name: 'text',
  family_name: 'text',
  preferred_username: 'text',
  email: 'text',
  email_verified: 'flag',
  phone_number: 'text',
  phone_number_verified: 'flag',
  blocked: 'flag',
} as const satisfies Record<keyof UserProfile, 'text' | 'flag'>;
export const MEMBERS = Object.keys(KINDS);

/** How other systems call the members in their exports. Their other fields are left out. */
const SOURCES = {
  auth0: { user_id: 'sub', username: 'preferred_username', phone_verified: 'phone_number_verified' },
  keycloak: {
    id: 'sub',
    username: 'preferred_username',
    emailVerified: 'email_verified',
    firstName: 'given_name',
    lastName: 'family_name',
    enabled: 'not blocked',
  },
} as const satisfies Record<string, Readonly<Record<string, Target>>>;
export const SOURCE_NAMES = Object.keys(SOURCES);

/** The fields that the report of rejected lines adds. An import of the corrected report leaves them out. */
export const REPORT_FIELDS = ['rejected_line', 'rejected_because'] as const;

/** How the fields of a file are called. */
export type FieldNames = {
  readonly source?: string | undefined;
  /** The member of each field that has another name. */
  readonly renamed: Readonly<Record<string, string>>;
  readonly ignoresUnknown: boolean;
};

/** Returns what a field sets: undefined if it is left out, false if it is unknown. */
export function targetOf(field: string, { source, renamed, ignoresUnknown }: FieldNames): Target | undefined | false {
  const own = Object.hasOwn(renamed, field) ? renamed[field] : undefined;
  if (own !== undefined) return own === '' ? undefined : memberNamed(own);
  const known = Object.entries(SOURCES).find(([name]) => name === source)?.[1] ?? {};
  const translated = Object.entries<Target>(known).find(([name]) => name === field)?.[1];
  if (translated !== undefined) return translated;
  if (isMember(field)) return field;
  return ignoresUnknown || source !== undefined || REPORT_FIELDS.some((one) => one === field) ? undefined : false;
}

/** Keycloak has no field for the whole name. There, clients get it from its two parts. */
export function wholeName({ given_name, family_name }: UserProfile, { source }: FieldNames): UserProfile {
  const parts = [given_name, family_name].filter((part) => part !== undefined);
  return source === 'keycloak' && parts.length > 0 ? { name: parts.join(' ') } : {};
}

/** Says what to do about a field that is unknown. */
export function unknownField(field: string): string {
  const nearest = nearestName(field, MEMBERS);
  const meant = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  return `there is no member ${quoted(field)}${meant}`;
}

/** Returns the value as the admin API takes it. Undefined if it is empty, null if it has the wrong kind. */
export function readValue(target: Target, value: unknown): string | boolean | undefined | null {
  if (value === undefined || value === null || value === '') return undefined;
  if (target !== 'not blocked' && KINDS[target] === 'text') return typeof value === 'string' ? value : null;
  const flag = typeof value === 'boolean' ? value : flagIn(String(value));
  if (flag === undefined) return null;
  return target === 'not blocked' ? !flag : flag;
}

/** Says what a value of this member must be. */
export function expectedOf(target: Target): string {
  return target === 'not blocked' || KINDS[target] === 'flag' ? 'true or false' : 'a text';
}

function flagIn(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

function isMember(name: string): name is keyof UserProfile {
  return Object.hasOwn(KINDS, name);
}

function memberNamed(name: string): keyof UserProfile {
  if (isMember(name)) return name;
  throw new WrongUsage(`--map: ${unknownField(name)}`);
}
