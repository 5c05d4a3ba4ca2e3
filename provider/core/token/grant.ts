import type { Asked } from '../asking/asked.ts';
import { claimsFor, type UserClaims } from '../person/user.ts';
import type { Whole } from '../whole.ts';

/**
 * What was asked, without how it had to be verified: that is over with the approval, and `acr` says what was reached.
 */
type Granted = Omit<Asked, 'acrValues'>;

/**
 * What a user granted, frozen at the moment of approval. Every grant type of the token endpoint produces a `Grant`, and
 * only `issueTokens` turns a `Grant` into tokens.
 */
export type Grant = Granted & {
  readonly sub: string;
  /** The registration of the client that asked, made at its creation. */
  readonly registrationId: string;
  /** The id of the profile that approved, made at its creation. */
  readonly profileId: string;
  /** How often the user had been blocked when they were read for the approval. */
  readonly blockCount: number;
  /** The device that approved. */
  readonly deviceId: string;
  /** When the user approved, in epoch seconds. It becomes `auth_time`. */
  readonly authTime: number;
  /** How the device verified its user (RFC 8176). */
  readonly amr: readonly string[];
  /**
   * The authentication context class that the provider derives from `amr`. Undefined when no rule of its policy fits.
   */
  readonly acr?: string | undefined;
  /** The user's claims that the granted scopes release, with the values at the approval. */
  readonly claims: UserClaims;
};

/** Makes the grant of a user who approves what was asked. */
export function grantAsked(
  { acrValues: _verified, ...asked }: Asked,
  approval: Whole<Omit<Grant, keyof Asked | 'claims'>> & { readonly userClaims: UserClaims },
): Grant {
  const { userClaims, ...rest } = approval;
  return { ...asked, ...rest, claims: claimsFor(asked.scopes, userClaims) };
}
