import type { AuthenticationRequest, RequestFacts } from '../../core/deciding/authentication-request.ts';
import type { PushAnswer } from '../../core/notifying/push-answer.ts';
import type { SealedTokens } from '../../core/notifying/sealed-tokens.ts';
import type { Noted } from '../../core/operating/log-line.ts';
import type { SnakeCase } from '../../core/snake-case.ts';
import type { TakenBack } from '../../core/token/refusals.ts';
import type { PollOutcome } from '../token/ports.ts';

// The ports of notifying clients. The rules for all ports are in flows/ports.ts.

/**
 * What a notification carries: the client's bearer token, and the `auth_req_id`, which is stored only for this purpose.
 */
export type NotificationAddress = { readonly token: string; readonly authReqId: string };

/** A decision as it is announced. */
export type AnnouncedDecision = {
  readonly requestId: string;
  readonly clientId: string;
  /** Sent as a header of the notification. */
  readonly correlationId: string;
  /** True if nothing is decided yet: a client in push mode is to be told when its request expires. */
  readonly watchesExpiry?: true | undefined;
  /** True if nothing is decided yet: phones are to be reminded before the request ends. */
  readonly reminds?: true | undefined;
};
/** The message that announces a decision. It does not name the client, because it is sent in the client's group. */
export type AnnouncementMessage = {
  readonly [Member in Exclude<keyof AnnouncedDecision, 'clientId'> as SnakeCase<Member>]: AnnouncedDecision[Member];
};

/** A decision that was announced. `announcedAt` is in epoch seconds. */
export type Announced = Omit<AnnouncedDecision, 'clientId'> & { readonly announcedAt: number };

/**
 * The outcome of an announcement: it is finished, or it comes back after some seconds. `noted` gives the reason for the
 * log.
 */
export type NotifyOutcome = { readonly againInSeconds?: number; readonly noted: Noted };

/** Announces decisions to the function that notifies clients. */
export interface Announcements {
  /**
   * Announces a decision before it is committed, so that a crash in between loses no notification. It states an intent,
   * not a fact.
   */
  announce(decision: AnnouncedDecision): Promise<void>;
}

/** The outcome of claiming a notification. */
export type NotificationClaim =
  | { readonly outcome: 'claimed'; readonly address: NotificationAddress; readonly tries: number }
  | { readonly outcome: 'claimed_by_another'; readonly until: number }
  /** There is none: the call that stores it may still be at it, or it was deleted long ago. */
  | { readonly outcome: 'not_stored' }
  | { readonly outcome: 'over' };
/** Notifications that wait for the decision on their request. */
export interface Notifications {
  /** Returns the request as it is stored now. */
  findRequest(requestId: string): Promise<AuthenticationRequest | undefined>;
  /**
   * Claims the notification until `until`, unless another holder has claimed it. `over`: the client has been notified,
   * or never will be.
   */
  claim(lease: {
    requestId: string;
    now: number;
    until: number;
    holder: string;
    /** Until when the notification is kept at least, if it may be tried for longer than a request can be redeemed. */
    keepUntil?: number | undefined;
  }): Promise<NotificationClaim>;
  /**
   * Records that the client answered, with any status. The notification is over; its token and id are deleted. Only the
   * holder of the lease may do this.
   */
  recordNotified(lease: { requestId: string; holder: string; now: number }): Promise<void>;
  /** Deletes token and id of a notification that no client is to receive any more, whoever holds the lease. */
  forget(requestId: string): Promise<void>;
  /**
   * Ends the lease after the client could not be reached, so that it can be tried again. Only the holder of the lease
   * may do this.
   */
  release(lease: { requestId: string; holder: string }): Promise<void>;
}
/** Calls a client's notification endpoint. */
export interface NotificationSender {
  /**
   * Sends one notification. Never throws: if no answer comes, that is an outcome. The body of the answer is not read
   * (CIBA §10.2).
   */
  send(notification: NotificationAddress & { endpoint: string; correlationId: string }): Promise<SentNotification>;
}
/** Pushes tokens and errors to clients (CIBA §10.3, §12). */
export interface PushSender {
  /**
   * Sends a body. Never throws: if no answer comes, that is an outcome. Redirects are not followed, and the body of the
   * answer is not read.
   */
  push(notification: { endpoint: string; token: string; body: string; correlationId: string }): Promise<PushAnswer>;
}

/** Announcements that come later. */
export interface LaterAnnouncements {
  /**
   * Announces again after so many seconds, at most fifteen minutes. Meanwhile the message is in no consumer's hands.
   */
  announceLater(announced: AnnouncedDecision, seconds: number): Promise<void>;
}

/** What could not be delivered, for the operators. */
export interface DeadLetters {
  /** Leaves a dead letter, which names request and client, and has nothing of what was to be delivered. */
  record(undelivered: AnnouncedDecision & { readonly because: string }): Promise<void>;
}

/** Seals the bodies with tokens that wait for their delivery. */
export interface TokenSeal {
  seal(body: string, requestId: string): Promise<Pick<SealedTokens, 'kid' | 'bytes'>>;
  /** Returns the body. Undefined if its key is gone, or if it was sealed for another request. */
  open(sealed: SealedTokens, requestId: string): Promise<string | undefined>;
}

/** Authentication requests whose tokens are pushed. */
export interface PushedRequests {
  /**
   * Changes an approved request to redeemed, once, and stores its sealed tokens, in one write. Of several callers, only
   * one succeeds. For the others the request is returned as it is stored now.
   */
  claimApproved(claim: { request: RequestFacts; now: number; sealed: SealedTokens }): Promise<PollOutcome>;
  /**
   * Changes an approved request to failed for good, because what was approved was taken back. False if the request is
   * no longer approved.
   */
  recordTakenBack(end: { request: RequestFacts; because: TakenBack }): Promise<boolean>;
  /** Deletes the sealed tokens of a request, because they are delivered or dead. */
  dropSealed(requestId: string): Promise<void>;
}

/** The client's HTTP status, 0 if the answer was not valid HTTP; or, in `unreachable`, why no answer came. */
export type SentNotification = { readonly status: number } | { readonly unreachable: string };
/** Tries a client's notification endpoint. */
export interface NotificationProbe {
  /** Sends a notification that belongs to no request, and says how the endpoint was reached. Never throws. */
  probe(notification: NotificationAddress & { endpoint: string; correlationId: string }): Promise<ProbedEndpoint>;
}
/**
 * The status of the endpoint, the version of TLS, and the end of its certificate in epoch seconds; or why no answer
 * came.
 */
export type ProbedEndpoint =
  | { readonly status: number; readonly tlsVersion: string; readonly certificateEndsAt: number }
  | { readonly unreachable: string };
