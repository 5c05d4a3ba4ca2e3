import type { SigningAlgorithm } from '../../core/client/client.ts';
import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import type { TokenClaims } from '../../core/token/tokens.ts';

/** A poll or decision was recorded, or the request as it stands. */
export type PollOutcome =
  | { readonly recorded: true }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** The new interval, or the request as it stands. */
export type EarlyPollOutcome =
  | { readonly recorded: true; readonly intervalSeconds: number }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** Our own signatures. */
export interface TokenSigner {
  /** Signs with the active key of the algorithm. `typ` is `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string>;
}
