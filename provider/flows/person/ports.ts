import type { LoginIdentifier } from '../../core/person/login-identifier.ts';
import type { User } from '../../core/person/user.ts';

/** The persons who can be asked, read. */
export interface People {
  /** The subject behind a login identifier. */
  resolve(identifier: LoginIdentifier): Promise<string | undefined>;
  /** The user. A login identifier without a profile is an unknown user. */
  find(sub: string): Promise<User | undefined>;
}

/** What became of writing a user: an identifier may be another user's, or the user may have changed since it was read. */
export type UserWritten =
  | { readonly outcome: 'written' }
  | { readonly outcome: 'taken'; readonly taken: LoginIdentifier['type'] | 'sub' }
  | { readonly outcome: 'changed' };

/** Users as the operator manages them. */
export interface PeopleRegistry {
  /** Identifiers first, the profile last. Tells the identifier that another user has. */
  create(user: User): Promise<UserWritten>;
  /** Replaces the user as it was read; `changed` when it is gone or changed since. */
  replace(user: User, before: User): Promise<UserWritten>;
  /** Removes the profile first, so that nobody can be asked meanwhile; then identifiers and devices. */
  remove(user: User): Promise<void>;
}
