import type { Asked } from '../../core/asking/asked.ts';
import type { AttemptResult, DeliveryAttempt } from '../../core/asking/delivery-attempt.ts';
import type { OpenQuestion } from '../../core/asking/open-question.ts';
import type { MetRequest } from '../../core/asking/open-request.ts';
import type { ClientLimits, Counted, CountedAttempt, UserWindowLimits } from '../../core/asking/rate-window.ts';
import type { ResendableRequest, ResendLimits } from '../../core/asking/resend.ts';
import type { SilentlyAsked } from '../../core/asking/silent-denial.ts';
import type { UserCodeAttempt } from '../../core/asking/user-code.ts';
import type { Registration } from '../../core/client/client.ts';
import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { FrozenDetails } from '../../core/deciding/shown-details.ts';
import type { Owner } from '../../core/person/user.ts';
import type { StoredDetails } from '../deciding/ports.ts';
import type { NotificationAddress } from '../notifying/ports.ts';

/** Limits against push fatigue. One conditional write both counts and checks. A refused attempt counts nowhere. */
export interface RateWindows {
  /** Counts an attempt for a user. One that is to be long-lived is also counted for the day. */
  countForUser(attempt: CountedAttempt, limits: UserWindowLimits, now: number): Promise<Counted>;
  /** Counts an attempt for a client. A client that named too many unknown users is refused as well. */
  countForClient(clientId: string, limits: ClientLimits, now: number): Promise<Counted>;
  /**
   * Counts an attempt that rings nobody, because the person reported this client. It uses up no limit of the person,
   * but the client is to meet the same one.
   */
  countSilently(
    attempt: CountedAttempt & { readonly clientId: string },
    limits: UserWindowLimits,
    now: number,
  ): Promise<Counted>;
  /** Takes an attempt back that was counted for a user at this instant, because no phone rang. */
  giveBack(attempt: CountedAttempt, countedAt: number): Promise<void>;
  /**
   * Counts an attempt at a user code, before the code is checked. A client that sent `most` wrong codes for a user
   * within a day is refused until its end.
   */
  countUserCode(attempt: UserCodeAttempt, most: number, now: number): Promise<Counted>;
  /** Takes an attempt at a user code back that was counted at this instant, because the code was not wrong. */
  giveBackUserCode(attempt: UserCodeAttempt, countedAt: number): Promise<void>;
  /** Counts the names of an unknown user that the client named. At the limit the client is refused for an hour. */
  countUnknownUser(
    by: { readonly clientId: string; readonly names: number },
    limits: ClientLimits,
    now: number,
  ): Promise<void>;
}

/** A request that a client has open with a user, until `expiresAt`. */
export type OpenRequest = {
  /** Its id. That of a client that the user reported has a random mark in its place. */
  readonly requestId: string;
  readonly sub: string;
  readonly clientId: string;
  readonly expiresAt: number;
  /** Until when the client is told that it is open, if not until `expiresAt`. */
  readonly toldUntil?: number | undefined;
};

/** Open requests, where a client may have one at a time with each user. One conditional write opens and checks. */
export interface OpenRequests {
  /**
   * Opens a request. Returns the other one of this client that is open with this user, or undefined if it was opened.
   * `ended` is one that was met before and has ended: it is replaced.
   */
  open(request: OpenRequest, now: number, ended?: string): Promise<MetRequest | undefined>;
  /** Ends an open request. Does nothing if another one is open by now. */
  close(request: Pick<OpenRequest, 'requestId' | 'sub' | 'clientId'>): Promise<void>;
}

/** Requests that stand in the way of others of their clients. */
export interface MetRequests {
  /** Returns the request as it is stored now. */
  find(requestId: string): Promise<AuthenticationRequest | undefined>;
}

/** A question, and the person who is asked. */
export type QuestionTo = OpenQuestion & { readonly sub: string };

/**
 * The open questions of each person, where a client must send a binding message while there is another one. One write
 * adds a question and tells which others there are, so that of two at the same moment one sees the other.
 */
export interface OpenQuestions {
  /** Adds a question. Returns whether it meets another one. */
  add(question: QuestionTo, now: number): Promise<boolean>;
  /** Takes a question out that was decided, refused or rang no phone. */
  remove(question: QuestionTo): Promise<void>;
}

/** What is stored of a new request. */
export type NewRequest = {
  readonly request: RequestFacts;
  readonly asked: Asked;
  readonly details: FrozenDetails;
  /** What is needed to notify the client. Undefined for a client that polls. */
  readonly notification?: NotificationAddress | undefined;
  /** The number that the client shows and the phone has to enter. Undefined if there is none. */
  readonly number?: string | undefined;
  /** True if the client pauses after denials of this user, unless they approve this request. */
  readonly isAfterDenial?: true | undefined;
  /** True if the client may have no other request open with this user. */
  readonly isOnlyOne?: true | undefined;
  /** The id of the open question that this request is. Undefined where questions are not kept. */
  readonly questionId?: string | undefined;
  /** True if the client of the synthetic login asks. The approval then counts as that of no person. */
  readonly isSynthetic?: true | undefined;
  /** To how many devices the first push goes. */
  readonly devicesRung?: number | undefined;
};

/** New authentication requests. */
export interface AuthenticationRequests {
  /**
   * Stores a pending request with its details and notification address. Precondition: no request with this `requestId`
   * exists.
   */
  create(request: NewRequest): Promise<void>;
  /**
   * Stores a pending request that no phone can list, read or answer: it has no details. Precondition: it has an instant
   * from which on it counts as denied, or is concealed. `sealed` is stored so that only the `auth_req_id` opens it.
   */
  createSilent(
    request: Pick<NewRequest, 'request' | 'notification'> & {
      readonly sealed?: { readonly asked: SilentlyAsked; readonly authReqId: string } | undefined;
    },
  ): Promise<void>;
  /** Changes a pending request to failed, because no device could be reached. An approval that waits for a number ends. */
  recordUnreached(requestId: string): Promise<void>;
}

/**
 * The outcome of a withdrawal. `wasApproved`: a device had approved the request. If nothing was withdrawn, `stored` is
 * the request as it is stored now.
 */
export type WithdrawalOutcome =
  | { readonly recorded: true; readonly request: RequestFacts; readonly wasApproved: boolean }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };

/** Authentication requests, as their clients withdraw them. */
export interface WithdrawableRequests {
  /**
   * Changes the client's own request to failed, because it was withdrawn, if it is pending or approved. A request that
   * counts as denied is not pending. Otherwise nothing is written.
   */
  recordWithdrawal(withdrawal: Registration & { requestId: string; now: number }): Promise<WithdrawalOutcome>;
  /** Returns what the request of this owner opened, by one read. */
  findOpened(owner: Owner, ids: { requestId: string; authReqId: string }): Promise<OpenedRequest>;
}

/** What a request opened: that of a person has details, that of a reported client is sealed, a concealed one has nothing. */
export type OpenedRequest = {
  readonly details?: StoredDetails | undefined;
  readonly silently?: SilentlyAsked | undefined;
};

/** An attempt to ring the phones of a request again: the request with it, and where; or the request as it is stored now. */
export type AttemptRecorded =
  | { readonly recorded: true; readonly request: ResendableRequest; readonly place: number }
  | { readonly recorded: false; readonly stored: AuthenticationRequest | undefined };
/**
 * An attempt that was recorded: of which request, and at which place of its list. It may move to an earlier place, when
 * one before it is taken back. A request has no two attempts of one kind at the same instant.
 */
export type RecordedAttempt = { readonly requestId: string; readonly attempt: DeliveryAttempt; readonly place: number };

/** Pending requests whose phones are rung again. */
export interface RungRequests {
  /** Returns the request as it is stored now. */
  find(requestId: string): Promise<AuthenticationRequest | undefined>;
  /** Returns what was asked of this person. Undefined if nobody was asked. */
  findAsked(owner: Owner, requestId: string): Promise<Asked | undefined>;
  /**
   * Counts that the client has the phones rung again, and lists it. One conditional write decides: the request is open
   * and of this client, it has a resend left, and the pause is over. Without `limits`, those of a deployment hold. The request that it
   * returns says whether an approval waits for a number by now.
   */
  recordResend(resend: { request: ResendableRequest; now: number; limits?: ResendLimits }): Promise<AttemptRecorded>;
  /** Counts and lists a try of the reminder in the same way, if no other try may be under way. */
  recordReminder(reminder: { request: RequestFacts; now: number }): Promise<AttemptRecorded>;
  /** Adds to an attempt what became of it. Does nothing if the attempt is not there any more. */
  recordResult(result: RecordedAttempt & { readonly result: AttemptResult }): Promise<void>;
  /** Takes a resend back for which no phone was tried, with its pause. */
  takeBackResend(resend: RecordedAttempt & { readonly nextResendAt: number }): Promise<void>;
}
