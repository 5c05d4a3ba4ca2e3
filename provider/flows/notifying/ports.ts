import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import type { SnakeCase } from '../../core/snake-case.ts';

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
};
/** The message that announces a decision. It does not name the client, because it is sent in the client's group. */
export type AnnouncementMessage = {
  readonly [Member in Exclude<keyof AnnouncedDecision, 'clientId'> as SnakeCase<Member>]: AnnouncedDecision[Member];
};

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
  | { readonly outcome: 'over' };
/** Notifications that wait for the decision on their request. */
export interface Notifications {
  /** Returns the request as it is stored now. */
  findRequest(requestId: string): Promise<AuthenticationRequest | undefined>;
  /**
   * Claims the notification until `until`, unless another holder has claimed it. `over`: the client has been notified,
   * or never will be.
   */
  claim(lease: { requestId: string; now: number; until: number; holder: string }): Promise<NotificationClaim>;
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
/** The client's HTTP status, 0 if the answer was not valid HTTP; or, in `unreachable`, why no answer came. */
export type SentNotification = { readonly status: number } | { readonly unreachable: string };
/** Tries a client's notification endpoint. */
export interface NotificationProbe {
  /** Sends a notification that belongs to no request, and says how the endpoint was reached. Never throws. */
  probe(notification: NotificationAddress & { endpoint: string; correlationId: string }): Promise<ProbedEndpoint>;
}
/** The status of the endpoint, the version of TLS, and the end of its certificate in epoch seconds; or why no answer came. */
export type ProbedEndpoint =
  | { readonly status: number; readonly tlsVersion: string; readonly certificateEndsAt: number }
  | { readonly unreachable: string };
