import { asksIdToken } from '../asking/scope.ts';
import type { Device } from '../device/device.ts';
import type { EnrolmentTicket } from '../device/enrolment-ticket.ts';
import type { ClientBlock } from './client-block.ts';
import type { LoginIdentifier } from './login-identifier.ts';
import type { UserCode } from './user-code.ts';

/** The standard claims that this provider stores about a user (OIDC Core §5.1), under the standard's own names. */
export type UserClaims = {
  readonly name?: string | undefined;
  readonly given_name?: string | undefined;
  readonly family_name?: string | undefined;
  readonly preferred_username?: string | undefined;
  readonly email?: string | undefined;
  readonly email_verified?: boolean | undefined;
  readonly phone_number?: string | undefined;
  readonly phone_number_verified?: boolean | undefined;
};

/** A person who can be asked. A blocked user is unknown to clients and cannot answer. */
export type User = {
  readonly sub: string;
  /**
   * A random id, made when the profile is created. A removed user's `sub` may be given to another person; a profile id
   * never is. So whatever belongs to a user carries it too.
   */
  readonly profileId: string;
  readonly status: 'active' | 'blocked';
  readonly claims: UserClaims;
  readonly identifiers: readonly LoginIdentifier[];
  /** The devices that are enrolled. A device whose id is missing here counts for nothing, even if it is stored. */
  readonly deviceIds: readonly string[];
  readonly ticket?: EnrolmentTicket | undefined;
  /**
   * How often the user was blocked. What they approved before a block gives no tokens any more, even if they were
   * unblocked since.
   */
  readonly blockCount: number;
  /** When the profile was made. Absent for the user of the synthetic login, whose set-up makes it anew. */
  readonly createdAt?: number | undefined;
  /** How many writes the stored profile had when it was read. Absent if the user was not read from storage. */
  readonly revision?: number | undefined;
};

/**
 * How long creating a user may take, in seconds. An older identifier or entry in the list without a profile belongs to
 * no user.
 */
export const UNFINISHED_SECONDS = 60;

/** The person to whom something belongs: the subject, and the profile that had it at the time. */
export type Owner = Pick<User, 'sub' | 'profileId'>;

/** Returns whether two owners are the same person, and not only the same subject. */
export function isSamePerson(one: Owner, other: Owner): boolean {
  return one.sub === other.sub && one.profileId === other.profileId;
}

/** A user with all authentication devices. One query reads both. */
export type UserWithDevices = { readonly user: User; readonly devices: readonly Device[] };

/**
 * The same, with what the user's denials did to clients, and the code without which nobody may ask the user. The same
 * query reads this too.
 */
export type UserWithBlocks = UserWithDevices & {
  readonly blocks: readonly ClientBlock[];
  readonly userCode: UserCode | undefined;
};

/** Returns the stored devices that are enrolled for this user. */
export function enrolledDevices({ deviceIds }: User, stored: readonly Device[]): readonly Device[] {
  return stored.filter(({ deviceId }) => deviceIds.includes(deviceId));
}

/**
 * Returns whether the user has this login identifier now. A stored identifier may be left over from a change that was
 * interrupted.
 */
export function hasIdentifier(user: User, identifier: LoginIdentifier): boolean {
  return user.identifiers.some(({ type, value }) => type === identifier.type && value === identifier.value);
}

const claimsOfScope: Readonly<Record<string, readonly (keyof UserClaims)[]>> = {
  profile: ['name', 'given_name', 'family_name', 'preferred_username'],
  email: ['email', 'email_verified'],
  phone: ['phone_number', 'phone_number_verified'],
};

/**
 * Returns the claims that the granted scopes release (OIDC Core §5.4). They go into the ID token alone. So without
 * `openid`, which stands for the ID token, there are none.
 */
export function claimsFor(scopes: readonly string[], claims: UserClaims): UserClaims {
  if (!asksIdToken(scopes)) return {};
  const names = scopes.flatMap((scope) => (Object.hasOwn(claimsOfScope, scope) ? (claimsOfScope[scope] ?? []) : []));
  return Object.fromEntries(names.filter((name) => claims[name] !== undefined).map((name) => [name, claims[name]]));
}
