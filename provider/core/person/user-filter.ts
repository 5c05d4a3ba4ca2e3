import { normalEmail, normalPhoneNumber, normalUsername } from './login-identifier.ts';
import type { User, UserClaims } from './user.ts';

/** Which users of the list an operator wants to see. A user must meet every condition that is given. */
export type UserFilter = {
  readonly isBlocked?: boolean | undefined;
  /** Whether at least one phone is enrolled. */
  readonly hasDevice?: boolean | undefined;
  /** Only users whose profile was made at this instant or later, in epoch seconds. */
  readonly createdAfter?: number | undefined;
  /** How the subject begins. The list is in the order of the subjects, so it is read from there. */
  readonly subPrefix?: string | undefined;
  /** How the login identifiers begin, in any spelling that a login identifier may have. */
  readonly emailPrefix?: string | undefined;
  readonly phoneNumberPrefix?: string | undefined;
  readonly usernamePrefix?: string | undefined;
};

/** Returns whether users must be read to know whether they are wanted. The list itself knows the subjects. */
export function readsUsers({ subPrefix: _known, ...conditions }: UserFilter): boolean {
  return Object.values(conditions).some((condition) => condition !== undefined);
}

/** Returns whether a user meets a filter. */
export function isWanted(user: User, filter: UserFilter): boolean {
  const { claims, sub, createdAt, status, deviceIds } = user;
  const { isBlocked, hasDevice, createdAfter, subPrefix = '' } = filter;
  if (isBlocked !== undefined && isBlocked !== (status === 'blocked')) return false;
  if (hasDevice !== undefined && hasDevice !== deviceIds.length > 0) return false;
  // The user of the synthetic login has no such instant.
  if (createdAfter !== undefined && (createdAt ?? 0) < createdAfter) return false;
  return sub.startsWith(subPrefix) && hasPrefixes(claims, filter);
}

function hasPrefixes(claims: UserClaims, { emailPrefix, phoneNumberPrefix, usernamePrefix }: UserFilter): boolean {
  return (
    begins(claims.email, emailPrefix && normalEmail(emailPrefix)) &&
    begins(claims.phone_number, phoneNumberPrefix && normalPhoneNumber(phoneNumberPrefix)) &&
    begins(claims.preferred_username, usernamePrefix && normalUsername(usernamePrefix))
  );
}

function begins(value: string | undefined, prefix: string | undefined): boolean {
  return prefix === undefined || (value?.startsWith(prefix) ?? false);
}
