import { nearestName } from '../../cli/command-line/nearest-name.ts';
import { CLIENT_METADATA, type ClientMetadata } from '../../provider/core/client/metadata.ts';
import type { MemberSpec } from '../../provider/core/client/metadata-member.ts';
import { registerClient } from '../../provider/core/client/registration.ts';
import { parseEmail, parsePhoneNumber, parseUsername } from '../../provider/core/person/login-identifier.ts';
import { registerUser, type UserProfile } from '../../provider/core/person/profile.ts';
import type { Result } from '../../provider/core/result.ts';

type Members = Readonly<Record<string, unknown>>;
/** What is wrong at a path of a seed, as the end of a sentence that begins with the path. */
export type Mistake = { readonly path: string; readonly problem: string };

const USER_MEMBERS = {
  sub: 'text',
  name: 'text',
  given_name: 'text',
  family_name: 'text',
  preferred_username: 'text',
  email: 'text',
  email_verified: 'true or false',
  phone_number: 'text',
  phone_number_verified: 'true or false',
  blocked: 'true or false',
} satisfies Record<keyof UserProfile, 'text' | 'true or false'>;

/** Returns the first mistake of a seed; undefined if the provider would take it. */
export function findMistake({ clients, users }: { clients: unknown; users: unknown }): Mistake | undefined {
  return (
    mistakeInList('clients', clients, clientMistake) ??
    mistakeInList('users', users, userMistake) ??
    repeated('clients', clients, ['client_id']) ??
    repeated('users', users, ['sub', 'email', 'phone_number', 'preferred_username'])
  );
}

type EntryCheck = (entry: Members) => Mistake | undefined;

function mistakeInList(list: string, entries: unknown, check: EntryCheck): Mistake | undefined {
  if (entries === undefined) return { path: list, problem: 'is missing. It is a list with one entry or more.' };
  if (!Array.isArray(entries) || entries.length === 0)
    return { path: list, problem: `must be a list with one entry or more, not ${worded(entries)}.` };
  for (const [index, entry] of entries.entries()) {
    const path = `${list}[${index}]`;
    if (!isObject(entry)) return { path, problem: `must be an object, not ${worded(entry)}.` };
    const mistake = check(entry);
    if (mistake) return { path: `${path}${mistake.path && `.${mistake.path}`}`, problem: mistake.problem };
  }
  return undefined;
}

function clientMistake(client: Members): Mistake | undefined {
  if (Object.hasOwn(client, 'client_secret'))
    return { path: 'client_secret', problem: 'cannot be chosen. The provider makes secrets; /local/demo shows them.' };
  const specs: Readonly<Record<string, MemberSpec>> = CLIENT_METADATA;
  for (const [member, value] of Object.entries(client)) {
    const spec = specs[member];
    if (!spec) return unknownMember(member, Object.keys(specs));
    const kind = wrongKind(spec, value);
    if (kind !== undefined) return { path: member, problem: `must be ${kind}, not ${worded(value)}.` };
  }
  const missing = ['client_id', 'client_name'].find((member) => client[member] === undefined);
  if (missing !== undefined) return { path: missing, problem: 'is missing.' };
  const metadata = client as unknown as ClientMetadata;
  const own = { clientId: String(client['client_id']), registrationId: 'seed', secretHash: 'seed' };
  return refused(registerClient(metadata, own)) ?? unusedDescription(metadata);
}

/**
 * A description of a scope that the client cannot ask for is a slip of the pen: the phone would show the bare scope.
 */
function unusedDescription({ scope = 'openid', scope_descriptions = {} }: ClientMetadata): Mistake | undefined {
  const scopes = scope.split(' ');
  const unused = Object.keys(scope_descriptions).find((described) => !scopes.includes(described));
  if (unused === undefined) return undefined;
  return {
    path: `scope_descriptions.${unused}`,
    problem: `describes a scope that is not in scope.${suggestion(unused, scopes)}`,
  };
}

function userMistake({ devices, ...user }: Members): Mistake | undefined {
  const kinds: Readonly<Record<string, string>> = USER_MEMBERS;
  for (const [member, value] of Object.entries(user)) {
    const kind = kinds[member];
    if (kind === undefined) return unknownMember(member, [...Object.keys(kinds), 'devices']);
    const isRight = kind === 'text' ? typeof value === 'string' : typeof value === 'boolean';
    if (!isRight)
      return { path: member, problem: `must be ${kind === 'text' ? 'a text' : kind}, not ${worded(value)}.` };
  }
  if (user['sub'] === undefined) return { path: 'sub', problem: 'is missing.' };
  const owner = { sub: String(user['sub']), profileId: 'seed' };
  return refused(registerUser(user as UserProfile, owner)) ?? deviceMistake(devices);
}

function deviceMistake(devices: unknown): Mistake | undefined {
  if (devices === undefined) return undefined;
  if (!Array.isArray(devices)) return { path: 'devices', problem: `must be a list, not ${worded(devices)}.` };
  for (const [index, device] of devices.entries()) {
    const path = `devices[${index}]`;
    if (!isObject(device))
      return { path, problem: `must be an object such as {"name": "A phone"}, not ${worded(device)}.` };
    const unknown = Object.keys(device).find((member) => member !== 'name');
    if (unknown !== undefined) return { ...unknownMember(unknown, ['name']), path: `${path}.${unknown}` };
    const { name } = device;
    if (typeof name !== 'string' || name === '')
      return {
        path: `${path}.name`,
        problem: name === undefined ? 'is missing.' : `must be a text, not ${worded(name)}.`,
      };
  }
  return undefined;
}

/** The mistake of a registration that a rule of the provider refuses. */
function refused({ ok, ...result }: Result<unknown>): Mistake | undefined {
  if (ok || !('refusal' in result)) return undefined;
  const { refusal } = result;
  if (refusal.reason === 'invalid_client_metadata')
    return { path: refusal.member, problem: `must be ${refusal.expected}.` };
  if (refusal.reason === 'invalid_parameter') return { path: refusal.name, problem: `must be ${refusal.expected}.` };
  return { path: '', problem: `is refused: ${refusal.reason}.` };
}

/** Forms in which two login identifiers are compared. */
const NORMAL_FORMS: Readonly<Record<string, (value: string) => string | undefined>> = {
  email: parseEmail,
  phone_number: parsePhoneNumber,
  preferred_username: parseUsername,
};

/** Finds a value that must be different in each entry of a list. */
function repeated(list: string, entries: unknown, members: readonly string[]): Mistake | undefined {
  const rows = Array.isArray(entries) ? entries.filter(isObject) : [];
  for (const member of members) {
    const values = rows.map(({ [member]: value }) => NORMAL_FORMS[member]?.(String(value)) ?? value);
    const again = values.findIndex((value, index) => value !== undefined && values.indexOf(value) !== index);
    if (again >= 0) {
      const first = values.indexOf(values[again]);
      return {
        path: `${list}[${again}].${member}`,
        problem: `is "${rows[again]?.[member]}", the same as in ${list}[${first}].`,
      };
    }
  }
  return undefined;
}

/** Returns the kind that was expected, in words, unless the value is of it. */
function wrongKind(spec: MemberSpec, value: unknown): string | undefined {
  switch (spec.kind) {
    case 'text':
      return typeof value === 'string' ? undefined : 'a text';
    case 'choice':
      return spec.of.some((one) => one === value) ? undefined : `one of ${spec.of.join(', ')}`;
    case 'choices':
      return isListOf(value, (one) => spec.of.includes(one)) ? undefined : `a list of ${spec.of.join(', ')}`;
    case 'whole_number':
      return isWholeNumber(spec, value)
        ? undefined
        : `a whole number from ${spec.least}${spec.most === undefined ? '' : ` to ${spec.most}`}`;
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'true or false';
    case 'texts':
      return isListOf(value, (one) => one !== '' && one.length <= spec.longest)
        ? undefined
        : `a list of texts of at most ${spec.longest} characters`;
    case 'texts_by_name':
      return isObject(value) && isListOf(Object.values(value), () => true) ? undefined : 'an object of texts';
    case 'public_keys':
      return isObject(value) && Array.isArray(value['keys']) ? undefined : 'an object with the list keys';
    case 'hint_issuers':
      return Array.isArray(value) && value.every(isObject) ? undefined : 'a list of issuers';
  }
}

function isWholeNumber({ least, most = Number.MAX_SAFE_INTEGER }: { least: number; most?: number }, value: unknown) {
  return Number.isInteger(value) && Number(value) >= least && Number(value) <= most;
}

function isListOf(value: unknown, fits: (text: string) => boolean): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === 'string' && fits(one));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unknownMember(member: string, names: readonly string[]): Mistake {
  return { path: member, problem: `is not known.${suggestion(member, names)}` };
}

function suggestion(typed: string, names: readonly string[]): string {
  const meant = nearestName(typed, names);
  return meant === undefined ? '' : ` Did you mean ${meant}?`;
}

/** A value as a sentence names it: short, and never an object in full. */
function worded(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  return typeof value === 'object' ? 'an object' : JSON.stringify(value).slice(0, 60);
}
