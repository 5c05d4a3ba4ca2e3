import type { Registration } from '../../core/client/client.ts';
import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FormParameters } from '../../core/form.ts';
import type { SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import type { TakenBack } from '../../core/token/refusals.ts';
import type { RevokedToken } from '../../core/token/revocation.ts';
import type { AuthenticatedClient } from '../client/ports.ts';
import type { Note } from '../ports.ts';

/**
 * The outcome of recording a poll, a decision or a redemption. If it was not recorded, `stored` is the request as it is stored now.
 */
export type PollOutcome =
  | { readonly recorded: true }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** The new interval, or the request as it is stored now. */
export type EarlyPollOutcome =
  | { readonly recorded: true; readonly intervalSeconds: number }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** Authentication requests, as clients redeem them. */
export interface RedeemableRequests {
  /**
   * Records a poll that is in time: the request is the client's own, pending, not expired and not polled too fast.
   * Otherwise nothing is written, and the request is returned as it is stored now.
   */
  recordPoll(poll: Registration & { requestId: string; now: number }): Promise<PollOutcome>;
  /**
   * Records a poll that came too fast: the interval grows by 5 s for the rest of the request (CIBA §11). Returns the
   * new interval, or the request as it is stored now if it is no longer the client's own, pending and unexpired.
   */
  recordEarlyPoll(poll: { request: RequestFacts; now: number }): Promise<EarlyPollOutcome>;
  /**
   * Changes an approved request to redeemed, once. Precondition: the tokens are already signed. Of several callers,
   * only one succeeds. For the others the request is returned as it is stored now.
   */
  claimApproved(claim: { request: RequestFacts; now: number }): Promise<PollOutcome>;
  /**
   * Changes an approved request to failed for good, because what was approved was taken back. False if the request is
   * no longer approved.
   */
  recordTakenBack(end: { request: RequestFacts; because: TakenBack }): Promise<boolean>;
}

/** Access tokens that their clients revoked. */
export interface RevokedTokens {
  /**
   * Records that an access token is revoked, until no API accepts it any more. Precondition: its signature is verified.
   * Of several callers, only one gets true.
   */
  recordRevocation(token: RevokedToken, now: number): Promise<boolean>;
}

/** A token request whose client is authenticated and registered for the grant type. */
export type GrantCall = AuthenticatedClient & { readonly form: FormParameters; readonly note: Note };

/** Signs the provider's own tokens. */
export interface TokenSigner {
  /** Signs with the active key of the algorithm. `typ` is `JWT`, or `at+jwt` for access tokens (RFC 9068 §2.1). */
  sign(claims: TokenClaims, as: { algorithm: SigningAlgorithm; type: 'JWT' | 'at+jwt' }): Promise<string>;
}
