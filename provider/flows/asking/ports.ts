import type { Asked } from '../../core/asking/asked.ts';
import type { Counted, WindowLimits } from '../../core/asking/rate-window.ts';
import type { RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { NotificationAddress } from '../notifying/ports.ts';

/** Limits against push fatigue. Counting and checking are one conditional write; a refused attempt stores nothing. */
export interface RateWindows {
  countForUser(sub: string, limits: WindowLimits, now: number): Promise<Counted>;
  countForClient(clientId: string, requestsPerMinute: number, now: number): Promise<Counted>;
}

/** What is stored of a new request. */
export type NewRequest = {
  readonly request: RequestFacts;
  readonly asked: Asked;
  readonly details: FrozenDetails;
  /** Where the client is to be notified: what that takes. */
  readonly notification?: NotificationAddress | undefined;
};

/** Authentication requests as they begin. */
export interface AuthenticationRequests {
  /** Stores a pending request with all that travels with it. Precondition: `requestId` is fresh. */
  create(request: NewRequest): Promise<void>;
  /** Pending to failed: nobody could be reached. */
  recordFailure(requestId: string): Promise<void>;
}
