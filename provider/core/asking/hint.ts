import type { LoginIdentifier } from '../person/login-identifier.ts';
import type { User } from '../person/user.ts';

/** One name of a user: a login identifier, or the subject itself. */
export type UserName =
  | { readonly kind: 'identifier'; readonly identifier: LoginIdentifier }
  | {
      readonly kind: 'sub';
      readonly sub: string;
      /** When this provider gave the person this subject, in epoch seconds: the `iat` of an ID token. */
      readonly namedAt?: number | undefined;
    };

/** Several names of one user (RFC 9493 §3.2.8). Some may be unknown here. */
export type Aliases = { readonly kind: 'aliases'; readonly names: readonly UserName[] };

/** The user that a client asks for, whichever hint named them (CIBA §7.1). */
export type LoginHint = UserName | Aliases;

/** The hint as it was sent. A token is verified later, because that needs keys. */
export type SentHint =
  | LoginHint
  | { readonly kind: 'id_token_hint'; readonly token: string }
  | { readonly kind: 'login_hint_token'; readonly token: string };

/** Returns the names that a hint consists of. */
export function namesIn(hint: LoginHint): readonly UserName[] {
  return hint.kind === 'aliases' ? hint.names : [hint];
}

/**
 * Returns whether the user has at least one of the names now. A stored identifier may be left over from a change that
 * was interrupted.
 */
export function isNamedBy({ sub, identifiers }: User, hint: LoginHint): boolean {
  return namesIn(hint).some((name) =>
    name.kind === 'sub'
      ? name.sub === sub
      : identifiers.some(({ type, value }) => type === name.identifier.type && value === name.identifier.value),
  );
}

/**
 * Returns whether the hint names somebody who had this subject before this user. A removed user's `sub` may be given to
 * another person, and an ID token that was issued before that does not name them.
 */
export function namesPredecessor(hint: LoginHint, { createdAt }: User): boolean {
  if (hint.kind !== 'sub' || hint.namedAt === undefined || createdAt === undefined) return false;
  return hint.namedAt < createdAt;
}
