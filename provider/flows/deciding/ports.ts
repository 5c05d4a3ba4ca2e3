import type { Asked } from '../../core/asking/asked.ts';
import type { Registration } from '../../core/client/client.ts';
import type { AuthenticationRequest, Decision, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { AwaitingRequest } from '../../core/deciding/entered-number.ts';
import type { NumberMatching } from '../../core/deciding/number-matching.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { Device } from '../../core/device/device.ts';
import type { EvidenceKey } from '../../core/person/evidence-key.ts';
import type { Owner, User } from '../../core/person/user.ts';
import type { PollOutcome } from '../token/ports.ts';

/** An entry in the phone's list of requests, and the client that asks. */
export type PendingRequest = Registration & {
  readonly requestId: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly numberMatching?: NumberMatching | undefined;
  /** True if a device approved, and the client has not entered the number yet. The user may still deny. */
  readonly isAwaitingNumber?: true | undefined;
  /** How often the user's phones were rung for it. */
  readonly timesRung: number;
};

/** What a device reads of one request: the frozen bytes, and what a decision needs. */
export type StoredDetails = FrozenDetails & {
  readonly expiresAt: number;
  /** The registration of the client that asks. */
  readonly registrationId: string;
  readonly asked: Asked;
  /** Who has to enter a number. Undefined if nobody. The number itself is not among the details. */
  readonly numberMatching?: NumberMatching | undefined;
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
  /** To how many devices the first push went. Undefined if an earlier version stored the request. */
  readonly devicesRung?: number | undefined;
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
  /** Returns the user's requests that still wait for an answer, the newest first. */
  listPending(owner: Owner, now: number): Promise<readonly PendingRequest[]>;
  /** Returns the user's request with its frozen details. Undefined if it is unknown or another user's. */
  findDetails(owner: Owner, requestId: string): Promise<DecidableRequest | undefined>;
  /** Reads everything that a decision needs in one call, strongly consistent. */
  readForDecision(ids: { sub: string; deviceId: string; requestId: string }): Promise<ReadForDecision>;
  /**
   * Records the decision on the user's pending, unexpired request. Otherwise returns the request as it is stored now. An
   * approval is recorded only if it is the first one, and if there are as many wrong numbers as when its own number was
   * compared. A denial also ends an approval that waits for a number.
   */
  recordDecision(decision: {
    requestId: string;
    owner: Owner;
    decision: Decision;
    wrongNumbers?: number | undefined;
    now: number;
  }): Promise<PollOutcome>;
}

/** Authentication requests for which a number has to be entered. */
export interface NumberedRequests {
  /** Returns the request as it is stored now. */
  findRequest(requestId: string): Promise<AuthenticationRequest | undefined>;
  /**
   * Counts a wrong number of an open, unexpired request. The last attempt makes it fail, in the same write. If
   * another number was entered since the request was read, nothing is written, and it is returned as it is stored now.
   */
  recordWrongNumber(entered: { request: RequestFacts; now: number }): Promise<PollOutcome>;
  /**
   * Makes an approval count, because its number was entered. It has the same conditions as a wrong number, so that
   * neither overtakes the other.
   */
  recordMatch(entered: { request: AwaitingRequest; now: number }): Promise<PollOutcome>;
}
