import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import type { User } from '../../core/person/user.ts';

/** Reads the persons who can be asked. */
export interface People {
  /** Returns the subject of a login identifier. */
  resolve(identifier: LoginIdentifier): Promise<string | undefined>;
  /** Returns the user. A subject without a profile is an unknown user. */
  find(sub: string): Promise<User | undefined>;
}

/**
 * The outcome of writing a user. `taken`: another user has the identifier or subject. `changed`: the user has changed
 * since it was read. `unclear`: the same, and perhaps this call wrote it before that. If so, whoever came later may have
 * undone the change on purpose.
 */
export type UserWritten =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'taken'; readonly taken: LoginIdentifier['type'] | 'sub' }
  | { readonly outcome: 'changed' | 'unclear' };

/** Users, as the operator manages them. */
export interface PeopleRegistry {
  /** Writes the identifiers first and the profile last. Names the identifier that another user has. */
  create(user: User): Promise<UserWritten>;
  /** Replaces the user that was read. `changed` or `unclear`: it was removed or has changed since. */
  replace(user: User, before: User): Promise<UserWritten>;
  /** Removes the profile first, so that the user cannot be asked in the meantime, then the identifiers. */
  remove(user: User): Promise<void>;
  /** Removes the devices of a user who was removed. If another person has the `sub` by now, it removes nothing. */
  removeLeftovers(sub: string): Promise<void>;
}
