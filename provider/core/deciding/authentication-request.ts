import type { DeliveryAttempt } from '../asking/delivery-attempt.ts';
import { isSameRegistration, type Registration } from '../client/client.ts';
import type { SealedTokens } from '../notifying/sealed-tokens.ts';
import { isSamePerson, type Owner } from '../person/user.ts';
import type { Refusal } from '../refusal.ts';
import type { Grant } from '../token/grant.ts';
import type { TakenBack } from '../token/refusals.ts';
import type { NumberMatching } from './number-matching.ts';
import { redemptionGrace } from './redemption-grace.ts';

/**
 * The facts that every authentication request carries in any state. The guards of conditional writes compare them. What
 * is only carried along with a request is in `Asked`, which polls neither read nor write. Instants are epoch seconds.
 */
export type RequestFacts = {
  /** SHA-256 of the `auth_req_id` in base64url, see `digest.ts`. */
  readonly requestId: string;
  readonly clientId: string;
  /** The registration of the client that asked. Another client with the same id has another one. */
  readonly registrationId: string;
  readonly sub: string;
  /** The profile of the user who was asked. Another person with the same `sub` has another one. */
  readonly profileId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /**
   * Seconds that a client must wait between polls. Each `slow_down` increases it by 5 for the rest of the request (CIBA
   * §11).
   */
  readonly intervalSeconds: number;
  /** The earliest instant at which a poll is not too fast. 0 at creation, so that the first poll is never too fast. */
  readonly nextPollAt: number;
  /**
   * From when on the client hears that this pending request was denied, although nobody was asked: the person reported
   * the client for fraud. Undefined for every request that a person can answer.
   */
  readonly deniedFrom?: number | undefined;
  /** True if nobody was asked, and the client is not to notice: the request expires like one that nobody answers. */
  readonly isConcealed?: true | undefined;
  /** Who has to enter a number. Undefined if nobody. */
  readonly numberMatching?: NumberMatching | undefined;
  /** How many wrong numbers were entered. Undefined if none. */
  readonly wrongNumbers?: number | undefined;
  /** How its phones were rung again. Undefined if they were rung only when the request was made. */
  readonly attempts?: readonly DeliveryAttempt[] | undefined;
};

/** Why a request failed, if not because no phone rang: its client withdrew it, or too many wrong numbers were entered. */
export type FailureCause = 'withdrawn' | 'wrong_number';

/** The states of an authentication request. An approved request without its grant does not compile. */
export type AuthenticationRequest =
  | (RequestFacts & {
      readonly state: 'pending';
      /** The number that the client shows and the phone has to enter. Undefined if there is none, or none yet. */
      readonly number?: string | undefined;
    })
  | (RequestFacts & {
      /** A device approved. The approval counts when the client has entered the number that the device shows. */
      readonly state: 'awaiting_number';
      readonly grant: Grant;
      readonly number: string;
    })
  | (RequestFacts & { readonly state: 'approved'; readonly grant: Grant })
  | (RequestFacts & {
      readonly state: 'denied';
      readonly deviceId: string;
      /** Why, if the device said it: `fraud`, or another word. */
      readonly reason?: string | undefined;
    })
  | (RequestFacts & {
      readonly state: 'failed';
      /** Absent if no phone rang, or if the approval was taken back. A version that does not know it fails closed. */
      readonly because?: FailureCause | undefined;
      /** Present if a device had approved the request, and the approval was taken back before it was redeemed. */
      readonly takenBack?: { readonly because: TakenBack; readonly deviceId: string } | undefined;
    })
  | (RequestFacts & {
      readonly state: 'redeemed';
      readonly deviceId: string;
      /** The tokens of a client in push mode, until they are delivered. */
      readonly sealed?: SealedTokens | undefined;
    });

/** A request that can be redeemed now. */
export type ApprovedRequest = Extract<AuthenticationRequest, { state: 'approved' }>;

/** The outcome of a token request. */
export type TokenDecision =
  | { readonly outcome: 'issue'; readonly request: ApprovedRequest }
  | { readonly outcome: 'slow_down'; readonly request: RequestFacts }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

const refused = (refusal: Refusal): TokenDecision => ({ outcome: 'refuse', refusal });

/**
 * Decides a token request for one `auth_req_id`, after client authentication (CIBA §10.1, §11). The order is: owner,
 * redeemed, denied, failed, approved, expired, too fast, pending. A final state takes precedence over `slow_down`, so
 * that the client of an approved user never waits another interval. An unknown id and another client's id get the same
 * answer, so that a client cannot probe for the ids of others. A former client with the same `client_id` is another
 * one. The error code of each reason, such as `invalid_grant` for a redeemed request, is in `core/token/refusals.ts`.
 */
export function decideTokenRequest(
  request: AuthenticationRequest | undefined,
  client: Registration,
  now: number,
): TokenDecision {
  if (!request) return refused({ reason: 'unknown_auth_req_id' });
  if (!isSameRegistration(request, client)) return refused({ reason: 'foreign_auth_req_id' });
  switch (request.state) {
    case 'redeemed':
      return refused({ reason: 'already_redeemed' });
    case 'denied':
      return refused({ reason: 'denied_by_user' });
    case 'failed':
      return refused(whyFailed(request));
    case 'approved':
      return now < request.expiresAt + redemptionGrace(request.intervalSeconds)
        ? { outcome: 'issue', request }
        : refused({ reason: 'approval_not_redeemed_in_time' });
    case 'pending':
    case 'awaiting_number':
      return decidePendingPoll(request, now);
  }
}

function whyFailed({ because, takenBack }: Extract<AuthenticationRequest, { state: 'failed' }>): Refusal {
  if (because === 'withdrawn') return { reason: 'withdrawn_by_client' };
  if (because === 'wrong_number') return { reason: 'wrong_numbers' };
  return takenBack ? { reason: 'approval_taken_back', because: takenBack.because } : { reason: 'request_failed' };
}

function decidePendingPoll(request: RequestFacts, now: number): TokenDecision {
  if (isSilentlyDenied(request, now)) return refused({ reason: 'client_reported' });
  if (now >= request.expiresAt) return refused({ reason: 'request_expired' });
  if (now < request.nextPollAt) return { outcome: 'slow_down', request };
  return refused({ reason: 'authorization_pending' });
}

/**
 * Returns whether the client of a pending request is to hear that it was denied. Like a denial, it is final and takes
 * precedence over the expiry.
 */
export function isSilentlyDenied({ deniedFrom }: RequestFacts, now: number): boolean {
  return deniedFrom !== undefined && now >= deniedFrom;
}

/** Returns whether the client withdrew the request. */
export function isWithdrawn(request: AuthenticationRequest | undefined): boolean {
  return request?.state === 'failed' && request.because === 'withdrawn';
}

/** Returns whether a device may still decide: about a question, or by a denial after an approval that waits. */
export function isDecidable(request: AuthenticationRequest | undefined, decision: 'approve' | 'deny'): boolean {
  return request?.state === 'pending' || (request?.state === 'awaiting_number' && decision === 'deny');
}

/** Returns whether nothing has ended the request: neither its time, nor a refusal, nor an approval that counts. */
export function isOpen(request: AuthenticationRequest, now: number): boolean {
  return isDecidable(request, 'deny') && now < request.expiresAt && !isSilentlyDenied(request, now);
}

/** Returns whether the request ended because too many wrong numbers were entered. */
export function hasWrongNumbers(request: AuthenticationRequest | undefined): boolean {
  return request?.state === 'failed' && request.because === 'wrong_number';
}

/** A device's decision, as it is recorded. */
export type Decision =
  | {
      readonly decision: 'approve';
      readonly grant: Grant;
      /** The number that the client has to enter before the approval counts. Undefined if it counts at once. */
      readonly number?: string | undefined;
    }
  | { readonly decision: 'deny'; readonly deviceId: string; readonly reason?: string | undefined };

/**
 * Judges a decision that could not be recorded, from the request as it is stored now. The same decision from the same
 * device is accepted again without an error, because the device may have lost the first answer. Any other decision is
 * refused as too late. A report of fraud after a plain denial is refused too: it blocks nobody any more, and the person
 * must not believe that it did. After a withdrawal every decision is refused, also a repeated one, so that the phone
 * tells its user that the request was withdrawn.
 */
export function judgeLateDecision(
  stored: AuthenticationRequest | undefined,
  late: Owner & { deviceId: string; decision: 'approve' | 'deny'; isReport?: boolean },
): { readonly outcome: 'same_again' } | { readonly outcome: 'refuse'; readonly refusal: Refusal } {
  if (!stored || !isSamePerson(stored, late)) return { outcome: 'refuse', refusal: { reason: 'request_not_found' } };
  if (stored.state === 'pending' || hasWrongNumbers(stored))
    return { outcome: 'refuse', refusal: { reason: 'request_over' } };
  if (isWithdrawn(stored)) return { outcome: 'refuse', refusal: { reason: 'request_withdrawn' } };
  const made = decisionIn(stored);
  const isNewReport = late.isReport && !made?.isReport;
  const same = made?.deviceId === late.deviceId && made.decision === late.decision && !isNewReport;
  return same
    ? { outcome: 'same_again' }
    : { outcome: 'refuse', refusal: { reason: 'already_decided', state: stored.state } };
}

/**
 * Returns the decision that the state of a request implies. Redeeming the tokens or taking the approval back does not
 * change the decision.
 */
function decisionIn(
  request: AuthenticationRequest,
): { deviceId: string; decision: 'approve' | 'deny'; isReport?: boolean } | undefined {
  switch (request.state) {
    case 'awaiting_number':
    case 'approved':
      return { deviceId: request.grant.deviceId, decision: 'approve' };
    case 'redeemed':
      return { deviceId: request.deviceId, decision: 'approve' };
    case 'denied':
      return { deviceId: request.deviceId, decision: 'deny', isReport: request.reason === 'fraud' };
    case 'failed':
      return request.takenBack && { deviceId: request.takenBack.deviceId, decision: 'approve' };
    case 'pending':
      return undefined;
  }
}
