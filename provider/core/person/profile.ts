import { applyChange, type ChangedMember, changedMembers, type MemberChange } from '../member-change.ts';
import { SYNTHETIC_ID } from '../operating/reserved.ts';
import { ok, type Result, refuse } from '../result.ts';
import { unicodePattern } from '../unicode-pattern.ts';
import { isSubject, type LoginIdentifier, parseEmail, parsePhoneNumber, parseUsername } from './login-identifier.ts';
import type { Owner, User, UserClaims } from './user.ts';

/** A user as operators write and read it: standard claims (OIDC Core §5.1), `sub`, and whether the user is blocked. */
export type UserProfile = UserClaims & { readonly sub?: string | undefined; readonly blocked?: boolean | undefined };

/**
 * Longest name in bytes of UTF-8. An approved request holds the names in its grant until it is redeemed. With ordinary
 * names and one audience its item stays within 1 KB.
 */
const TEXT_LIMIT = 100;
/** Control and format characters. They are not accepted in names, because many programs display names. */
const unreadable = unicodePattern(String.raw`\p{C}`);
const TEXTS = ['name', 'given_name', 'family_name'] as const;

/**
 * Turns a profile into a new user. E-mail address, phone number and username are put into normal form, and each becomes
 * a login identifier.
 */
export function registerUser(profile: UserProfile, { sub, profileId }: Owner): Result<User> {
  if (!isSubject(sub)) return wrong('sub', '1 to 128 letters, digits or . _ | : @ + -');
  const wrongText = TEXTS.find((member) => !isText(profile[member]));
  if (wrongText) return wrong(wrongText, `at most ${TEXT_LIMIT} bytes of readable characters`);
  const email = profile.email === undefined ? undefined : parseEmail(profile.email);
  if (profile.email !== undefined && email === undefined) return wrong('email', 'an e-mail address');
  const phone = profile.phone_number === undefined ? undefined : parsePhoneNumber(profile.phone_number);
  if (profile.phone_number !== undefined && phone === undefined)
    return wrong('phone_number', 'an E.164 number as +4912345678');
  const username = profile.preferred_username === undefined ? undefined : parseUsername(profile.preferred_username);
  if (profile.preferred_username !== undefined && username === undefined)
    return wrong('preferred_username', '1 to 64 letters, digits or . _ -');
  const { sub: _sub, blocked, ...claims } = profile;
  const normal: UserClaims = { ...claims, email, phone_number: phone, preferred_username: username };
  return ok({
    sub,
    profileId,
    status: blocked ? 'blocked' : 'active',
    claims: Object.fromEntries(Object.entries(normal).filter(([, value]) => value !== undefined)),
    identifiers: [...named('email', email), ...named('phone', phone), ...named('username', username)],
    deviceIds: [],
    blockCount: 0,
  });
}

/**
 * Applies a change to a user. The enrolled devices stay. A block ends the user's ticket, in the same write, and a later
 * unblock does not bring it back.
 */
export function changeUser(before: User, change: MemberChange<UserProfile>): Result<User> {
  const changed = registerUser(changeProfile(describeUser(before), change), before);
  if (!changed.ok) return changed;
  const { deviceIds, ticket, blockCount, createdAt, status } = before;
  const kept = { ...changed.value, deviceIds, createdAt };
  if (changed.value.status === 'active') return ok({ ...kept, blockCount, ticket });
  return ok({ ...kept, blockCount: status === 'active' ? blockCount + 1 : blockCount });
}

/**
 * Applies a change to a profile. A change that contains an e-mail address or phone number makes it unverified, unless
 * the change says otherwise.
 */
export function changeProfile(before: UserProfile, change: MemberChange<UserProfile>): UserProfile {
  const verified = {
    ...(change.email !== undefined && { email_verified: null }),
    ...(change.phone_number !== undefined && { phone_number_verified: null }),
  };
  return applyChange<UserProfile>(before, { ...verified, ...change });
}

/** Returns the user as operators read it. */
export function describeUser(user: User): UserProfile & { readonly sub: string } {
  return { sub: user.sub, ...user.claims, ...(user.status === 'blocked' && { blocked: true }) };
}

/**
 * A user as operators are told of it. `created_at` is when the profile was made. `synthetic` marks the user of the
 * synthetic login, which cannot be changed.
 */
export type UserView = UserProfile & { readonly sub: string; readonly created_at?: number; readonly synthetic?: true };

/**
 * One user as operators are told of it. `user_code_set_at` is when the user code was set, if there is one. A list does
 * not have it, because it would have to read more.
 */
export type ShownUserView = UserView & { readonly user_code_set_at?: number };

/** Returns the user with what operators can't set. */
export function viewUser(user: User): UserView {
  const { createdAt } = user;
  return {
    ...describeUser(user),
    ...(createdAt !== undefined && { created_at: createdAt }),
    ...(user.sub === SYNTHETIC_ID && { synthetic: true }),
  };
}

/** What the audit trail has of a changed member. It has no name, address or number of a person. */
const AUDITED = {
  sub: 'name',
  name: 'name',
  given_name: 'name',
  family_name: 'name',
  preferred_username: 'name',
  email: 'name',
  email_verified: 'name',
  phone_number: 'name',
  phone_number_verified: 'name',
  blocked: 'values',
} as const satisfies Record<keyof UserProfile, 'name' | 'values'>;

/**
 * Returns what a change made of a user, for the audit trail. Without a user before, it returns what the new one was
 * created with.
 */
export function changesOfUser(before: User | undefined, after: User): readonly ChangedMember[] {
  return changedMembers(before ? membersOf(before) : {}, membersOf(after), AUDITED);
}

function membersOf({ claims, status }: User): object {
  return { ...claims, blocked: status === 'blocked' };
}

function isText(text: string | undefined): boolean {
  return text === undefined || (Buffer.byteLength(text) <= TEXT_LIMIT && !unreadable().test(text));
}

function named(type: LoginIdentifier['type'], value: string | undefined): readonly LoginIdentifier[] {
  return value === undefined ? [] : [{ type, value }];
}

function wrong(name: string, expected: string): Result<never> {
  return refuse({ reason: 'invalid_parameter', name, expected });
}
