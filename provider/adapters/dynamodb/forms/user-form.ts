import type { LoginIdentifier } from '../../../core/person/login-identifier.ts';
import type { User } from '../../../core/person/user.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../table.ts';

// The stored form of a user and of their login identifiers, in Directory.

/** A profile. `put_by` identifies the write that stored it, and guards the next one. */
export type UserForm = Pick<User, 'status' | 'claims' | 'identifiers'> & {
  readonly profile_id: string;
  readonly put_by?: string;
};
/**
 * A login identifier, which points to its user. `put_at` is when it was written. It distinguishes an abandoned
 * identifier from one whose user is being created.
 */
export type LoginForm = { readonly sub: string; readonly put_at: number };

/** Returns the partition of a user, which holds profile and devices. */
export const userPartition = (sub: string): string => `USER#${sub}`;
/** The sort key of profiles. */
export const PROFILE = 'PROFILE';

export const profileKey = (sub: string): Key<UserForm> => ({ pk: userPartition(sub), sk: PROFILE });
export const loginKey = (identifier: LoginIdentifier): Key<LoginForm> => ({
  pk: `LOGIN#${identifier.type}#${identifier.value}`,
  sk: 'LOGIN',
});

export function profileItem(user: User): Key<UserForm> & UserForm {
  const { sub, profileId, status, claims, identifiers, revision: _read, ...unstored } = user;
  unstored satisfies Nothing;
  return { ...profileKey(sub), profile_id: profileId, status, claims, identifiers };
}

export function userFrom(item: Stored<UserForm>): Whole<User> {
  return {
    sub: item.pk.slice('USER#'.length),
    profileId: item.profile_id,
    status: item.status,
    claims: item.claims,
    identifiers: item.identifiers,
    revision: item.put_by,
  };
}
