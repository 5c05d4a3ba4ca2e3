import type { WindowLimits } from '../../core/asking/rate-window.ts';
import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { NotificationAddress } from '../notifying/ports.ts';
import type { EarlyPollOutcome, PollOutcome } from '../token/ports.ts';

/** What a counted attempt comes to. */
export type Counted = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

/** Limits against push fatigue. Counting and checking are one conditional write; a refused attempt stores nothing. */
export interface RateWindows {
  countForUser(sub: string, limits: WindowLimits, now: number): Promise<Counted>;
  countForClient(clientId: string, requestsPerMinute: number, now: number): Promise<Counted>;
}

/** Authentication requests as clients use them. */
export interface AuthenticationRequests {
  /**
   * Stores a pending request, its frozen details and, where the client is to be notified, what that takes. Precondition:
   * `requestId` is fresh.
   */
  create(request: RequestFacts, details: FrozenDetails, notification?: NotificationAddress): Promise<void>;
  /** Pending to failed: nobody could be reached. */
  recordFailure(requestId: string): Promise<void>;
  /**
   * Records a poll that is in time: the client's own, pending, unexpired, not too fast; `recorded`. Otherwise nothing is
   * written and the request is told as it stands.
   */
  recordPoll(poll: { requestId: string; clientId: string; now: number }): Promise<PollOutcome>;
  /**
   * Records a poll that came too fast: the interval grows by 5 s, for good (CIBA §11). Tells the new interval, or the
   * request as it stands when it is no longer the client's pending one.
   */
  recordEarlyPoll(poll: { request: RequestFacts; now: number }): Promise<EarlyPollOutcome>;
  /** Approved to redeemed, once. Precondition: the tokens are already signed. False for everyone but the one winner. */
  claimApproved(claim: { request: RequestFacts; now: number }): Promise<boolean>;
}
