import { sha256 } from '../digest.ts';
import type { Owner } from '../person/user.ts';
import type { Refusal } from '../refusal.ts';
import { type LoginHint, namesIn } from './hint.ts';

/** The refusals that tell a client something about a person. */
const ABOUT_PEOPLE = [
  'unknown_user',
  'no_reachable_device',
  'acr_out_of_reach',
  'user_rate_limited',
  'missing_user_code',
  'wrong_user_code',
  'too_many_wrong_user_codes',
] as const;

/** A refusal that a client does not see where users are concealed. */
export type Concealed = Extract<Refusal, { reason: (typeof ABOUT_PEOPLE)[number] }>;

/**
 * Returns whether a client would learn from this refusal whether a person exists, is blocked, has a phone or a user
 * code, or is busy.
 */
export function isAboutPeople(refusal: Refusal): refusal is Concealed {
  return ABOUT_PEOPLE.some((reason) => reason === refusal.reason);
}

/** Returns whether a refusal is hidden from the client, because users are concealed and it says something about one. */
export function isHidden(
  refusal: Refusal,
  { concealsUsers }: { readonly concealsUsers: boolean },
): refusal is Concealed {
  return concealsUsers && isAboutPeople(refusal);
}

/**
 * Returns an owner who is nobody, for what is counted and stored when a hint names no user. The same hint gives the
 * same owner, so it is counted like one person. No user has this subject: it is a hash of the hint.
 */
export function nobodyNamed(hint: LoginHint): Owner {
  const named = namesIn(hint).map((name) =>
    name.kind === 'sub' ? name.sub : `${name.identifier.type} ${name.identifier.value}`,
  );
  const id = sha256(`nobody ${named.join(' ')}`);
  return { sub: id, profileId: id };
}
