import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';

// What it takes to notify clients, in the terms of ports.ts.

/** What a notification carries: the client's bearer token, and the id that only the client and this item know. */
export type NotificationAddress = { readonly token: string; readonly authReqId: string };

/** Decisions announced to whoever notifies clients. */
export interface Announcements {
  /** Sent before the decision is committed, so that a crash in between loses nothing: an intent, not a fact. */
  announce(decision: { requestId: string; clientId: string; correlationId: string }): Promise<void>;
}

/** What became of taking a notification in hand. */
export type NotificationClaim =
  | { readonly outcome: 'claimed'; readonly address: NotificationAddress; readonly tries: number }
  | { readonly outcome: 'claimed_by_another'; readonly until: number }
  | { readonly outcome: 'over' };
/** Notifications that wait for their decision. */
export interface Notifications {
  /** The request as it stands. */
  findRequest(requestId: string): Promise<AuthenticationRequest | undefined>;
  /** Takes it in hand until then, unless another has; `over`: the client was notified, or never is. */
  claim(lease: { requestId: string; now: number; until: number; holder: string }): Promise<NotificationClaim>;
  /** The client answered, whatever it said: over, and token and id are forgotten. Only for the holder of the lease. */
  recordNotified(lease: { requestId: string; holder: string; now: number }): Promise<void>;
  /** Nobody is to be notified any more: token and id are forgotten, whoever has the lease. */
  forget(requestId: string): Promise<void>;
  /** The client could not be reached: free for another try. Only for the holder of the lease. */
  release(lease: { requestId: string; holder: string }): Promise<void>;
}
/** Calls a client's notification endpoint. */
export interface NotificationSender {
  /** Never throws: no answer is an outcome. The body of an answer is not read (CIBA §10.2). */
  send(notification: NotificationAddress & { endpoint: string; correlationId: string }): Promise<SentNotification>;
}
/** Any HTTP answer is one, and one that is no HTTP has the status 0; `unreachable` says why there is none. */
export type SentNotification = { readonly status: number } | { readonly unreachable: string };
