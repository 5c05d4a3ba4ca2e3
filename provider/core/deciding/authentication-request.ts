import type { Refusal } from '../refusal.ts';
import type { Grant } from '../token/grant.ts';
import { redemptionGrace } from './redemption-grace.ts';

/**
 * What every authentication request carries, whatever its state: what guards compare. What only travels with a request is
 * `Asked`, which polls do not touch. Instants are epoch seconds.
 */
export type RequestFacts = {
  /** SHA-256 of the `auth_req_id`, see `digest.ts`. */
  readonly requestId: string;
  readonly clientId: string;
  readonly sub: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Seconds a client must wait between polls. Grows by 5 with each `slow_down`, for good (CIBA §11). */
  readonly intervalSeconds: number;
  /** The first instant at which a poll is not too fast; 0 at creation, so that the first poll never is. */
  readonly nextPollAt: number;
};

/** The life of an authentication request. "Approved without a subject" or "redeemed without an approval" can't be written. */
export type AuthenticationRequest =
  | (RequestFacts & { readonly state: 'pending' })
  | (RequestFacts & { readonly state: 'approved'; readonly grant: Grant })
  | (RequestFacts & { readonly state: 'denied'; readonly deviceId: string })
  | (RequestFacts & { readonly state: 'failed' })
  | (RequestFacts & { readonly state: 'redeemed'; readonly deviceId: string });

/** A request that may be redeemed now. */
export type ApprovedRequest = Extract<AuthenticationRequest, { state: 'approved' }>;

/** What a token request comes to. */
export type TokenDecision =
  | { readonly outcome: 'issue'; readonly request: ApprovedRequest }
  | { readonly outcome: 'slow_down'; readonly request: RequestFacts }
  | { readonly outcome: 'refuse'; readonly refusal: Refusal };

const no = (refusal: Refusal): TokenDecision => ({ outcome: 'refuse', refusal });

/**
 * The decision order of the token endpoint for one `auth_req_id`, after client authentication (CIBA §10.1, §11): owner,
 * redeemed, denied, failed, approved, expired, too fast, pending. A terminal state beats `slow_down`: an approved user
 * never waits another interval. Unknown and foreign say the same, so that ids of others can't be probed.
 */
export function decideTokenRequest(
  request: AuthenticationRequest | undefined,
  clientId: string,
  now: number,
): TokenDecision {
  if (!request) return no({ reason: 'unknown_auth_req_id' });
  if (request.clientId !== clientId) return no({ reason: 'foreign_auth_req_id' });
  switch (request.state) {
    case 'redeemed':
      return no({ reason: 'already_redeemed' });
    case 'denied':
      return no({ reason: 'denied_by_user' });
    case 'failed':
      return no({ reason: 'request_failed' });
    case 'approved':
      return now < request.expiresAt + redemptionGrace(request.intervalSeconds)
        ? { outcome: 'issue', request }
        : no({ reason: 'approval_not_redeemed_in_time' });
    case 'pending':
      return decidePendingPoll(request, now);
  }
}

function decidePendingPoll(request: RequestFacts, now: number): TokenDecision {
  if (now >= request.expiresAt) return no({ reason: 'request_expired' });
  if (now < request.nextPollAt) return { outcome: 'slow_down', request };
  return no({ reason: 'authorization_pending' });
}

/** A device's decision as it is recorded. */
export type Decision =
  | { readonly decision: 'approve'; readonly grant: Grant }
  | { readonly decision: 'deny'; readonly deviceId: string; readonly reason?: string | undefined };

/**
 * What a refused decision comes to, from the request as it stands: the same device with the same decision again is
 * accepted quietly (its first answer was lost), anything else is too late.
 */
export function judgeLateDecision(
  stored: AuthenticationRequest | undefined,
  late: { sub: string; deviceId: string; decision: 'approve' | 'deny' },
): { readonly outcome: 'same_again' } | { readonly outcome: 'refuse'; readonly refusal: Refusal } {
  if (!stored || stored.sub !== late.sub) return { outcome: 'refuse', refusal: { reason: 'request_not_found' } };
  if (stored.state === 'pending') return { outcome: 'refuse', refusal: { reason: 'request_over' } };
  const made = decisionIn(stored);
  const same = made?.deviceId === late.deviceId && made.decision === late.decision;
  return same
    ? { outcome: 'same_again' }
    : { outcome: 'refuse', refusal: { reason: 'already_decided', state: stored.state } };
}

/** Who decided what, as far as the state tells; tokens that were fetched meanwhile change nothing about it. */
function decisionIn(request: AuthenticationRequest): { deviceId: string; decision: 'approve' | 'deny' } | undefined {
  switch (request.state) {
    case 'approved':
      return { deviceId: request.grant.deviceId, decision: 'approve' };
    case 'redeemed':
      return { deviceId: request.deviceId, decision: 'approve' };
    case 'denied':
      return { deviceId: request.deviceId, decision: 'deny' };
    case 'pending':
    case 'failed':
      return undefined;
  }
}
