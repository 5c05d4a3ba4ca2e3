import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FormParameters } from '../../core/form.ts';
import type { SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import type { AuthenticatedClient } from '../client/ports.ts';
import type { Note } from '../ports.ts';

/** A poll or decision was recorded, or the request as it stands. */
export type PollOutcome =
  | { readonly recorded: true }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** The new interval, or the request as it stands. */
export type EarlyPollOutcome =
  | { readonly recorded: true; readonly intervalSeconds: number }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** Authentication requests as clients redeem them. */
export interface RedeemableRequests {
  /**
   * Records a poll that is in time: the client's own, pending, unexpired, not too fast; `recorded`. Otherwise nothing is
   * written and the request is returned as it stands.
   */
  recordPoll(poll: { requestId: string; clientId: string; now: number }): Promise<PollOutcome>;
  /**
   * Records a poll that came too fast: the interval grows by 5 s, for good (CIBA §11). Returns the new interval, or the
   * request as it stands when it is no longer the client's pending one.
   */
  recordEarlyPoll(poll: { request: RequestFacts; now: number }): Promise<EarlyPollOutcome>;
  /** Approved to redeemed, once. Precondition: the tokens are already signed. False for everyone but the one winner. */
  claimApproved(claim: { request: RequestFacts; now: number }): Promise<boolean>;
}

/** A token request whose client is authenticated and registered for the grant. */
export type GrantCall = AuthenticatedClient & { readonly form: FormParameters; readonly note: Note };

/** Our own signatures. */
export interface TokenSigner {
  /** Signs with the active key of the algorithm. `typ` is `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string>;
}
