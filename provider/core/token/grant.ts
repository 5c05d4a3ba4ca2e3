import type { Asked } from '../asking/asked.ts';
import { claimsFor, type UserClaims } from '../person/user.ts';

/**
 * What a user granted, frozen when they approved. Every grant of the token endpoint makes one; `issueTokens` alone turns
 * it into tokens.
 */
export type Grant = Asked & {
  readonly sub: string;
  /** The device that approved. */
  readonly deviceId: string;
  /** When the user approved, epoch seconds: `auth_time`. */
  readonly authTime: number;
  /** How the device verified its user (RFC 8176). */
  readonly amr: readonly string[];
  /** The class that the provider concludes from that; undefined where no rule of its policy fits. */
  readonly acr?: string | undefined;
  /** The user's claims that the granted scopes open, as they were at the approval. */
  readonly claims: UserClaims;
};

/** The grant of a user who approves what was asked. */
export function grantAsked(
  asked: Asked,
  approval: Omit<Grant, keyof Asked | 'claims'> & { readonly userClaims: UserClaims },
): Grant {
  const { userClaims, ...rest } = approval;
  return { ...asked, ...rest, claims: claimsFor(asked.scopes, userClaims) };
}
