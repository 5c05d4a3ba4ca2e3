import type { Asked } from '../../core/asking/asked.ts';
import type { Counted, WindowLimits } from '../../core/asking/rate-window.ts';
import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { NotificationAddress } from '../notifying/ports.ts';

/** Limits against push fatigue. One conditional write both counts and checks. A refused attempt stores nothing. */
export interface RateWindows {
  countForUser(sub: string, limits: WindowLimits, now: number): Promise<Counted>;
  countForClient(clientId: string, requestsPerMinute: number, now: number): Promise<Counted>;
}

/** What is stored of a new request. */
export type NewRequest = {
  readonly request: RequestFacts;
  readonly asked: Asked;
  readonly details: FrozenDetails;
  /** What is needed to notify the client. Undefined for a client that polls. */
  readonly notification?: NotificationAddress | undefined;
  /** True if the client of the synthetic login asks. The approval then counts as that of no person. */
  readonly isSynthetic?: true | undefined;
};

/** New authentication requests. */
export interface AuthenticationRequests {
  /**
   * Stores a pending request with its details and notification address. Precondition: no request with this `requestId`
   * exists.
   */
  create(request: NewRequest): Promise<void>;
  /** Changes a pending request to failed, because no device could be reached. */
  recordFailure(requestId: string): Promise<void>;
}
