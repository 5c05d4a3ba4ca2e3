import type { Asked } from '../../core/asking/asked.ts';
import type { Registration } from '../../core/client/client.ts';
import type { AuthenticationRequest, Decision } from '../../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { Device } from '../../core/device/device.ts';
import type { EvidenceKey } from '../../core/person/evidence-key.ts';
import type { Owner, User } from '../../core/person/user.ts';
import type { PollOutcome } from '../token/ports.ts';

/** An entry in the phone's list of requests, and the client that asks. */
export type PendingRequest = Registration & { readonly requestId: string; readonly expiresAt: number };

/** What a device reads of one request: the frozen bytes, and what a decision needs. */
export type StoredDetails = FrozenDetails & {
  readonly expiresAt: number;
  /** The registration of the client that asks. */
  readonly registrationId: string;
  readonly asked: Asked;
  /** The client that is to be notified of the decision. Undefined if the client polls. */
  readonly notifiedClient?: string | undefined;
  /** True if the client pauses after denials of this user, unless they approve now. */
  readonly isAfterDenial?: true | undefined;
  /** True if the client may have no other request open with this user. */
  readonly isOnlyOne?: true | undefined;
  /** The id of the open question that this request is. A decision takes it out. */
  readonly questionId?: string | undefined;
  /** True if the client of the synthetic login asks. */
  readonly isSynthetic?: true | undefined;
};

/** What a phone reads and decides: the details, and the request as it is stored now. Undefined if only its details are stored. */
export type DecidableRequest = StoredDetails & { readonly stored: AuthenticationRequest | undefined };

/** What one call reads for a decision, by ids that nobody has proven yet. */
export type ReadForDecision = {
  readonly user: User | undefined;
  /** The device of that user with the id. It may be a leftover that was never enrolled. */
  readonly device: Device | undefined;
  readonly request: DecidableRequest | undefined;
  /** The profile of the person whom the request asked. */
  readonly requestProfileId: string | undefined;
  /** The evidence key of the user, or of an earlier person with the same subject. */
  readonly evidenceKey: EvidenceKey | undefined;
};

/** Authentication requests, as devices use them. */
export interface DecidableRequests {
  /** Returns the user's requests that still wait for an answer. */
  listPending(owner: Owner, now: number): Promise<readonly PendingRequest[]>;
  /** Returns the user's request with its frozen details. Undefined if it is unknown or another user's. */
  findDetails(owner: Owner, requestId: string): Promise<DecidableRequest | undefined>;
  /** Reads everything that a decision needs in one call, strongly consistent. */
  readForDecision(ids: { sub: string; deviceId: string; requestId: string }): Promise<ReadForDecision>;
  /**
   * Records the decision on the user's pending, unexpired request. Otherwise returns the request as it is stored now.
   */
  recordDecision(decision: { requestId: string; owner: Owner; decision: Decision; now: number }): Promise<PollOutcome>;
}
