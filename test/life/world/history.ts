import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { NumberMatching } from '../../../provider/core/deciding/number-matching.ts';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import type { AuditStep } from '../../../provider/core/operating/audit-record.ts';
import type { Invocation } from './invocation.ts';

// What happened in a run, as those outside the provider saw it, and as the tables show it. `at` is a place in the order
// of everything that happens, `clock` is in epoch seconds.

type When = { readonly at: number; readonly clock: number };
export type State = AuthenticationRequest['state'];

/** A change of the state of a stored request. */
export type Commit = When & {
  readonly to: State;
  readonly invocation: Invocation | undefined;
  readonly deviceId: string | undefined;
  readonly hasTokens: boolean;
  /** Why the request failed, if the table says it. */
  readonly because: string | undefined;
};
/** An answer of the token endpoint. `answer` is `tokens`, the reason of the refusal, or `server_error`. */
export type PollAnswer = {
  readonly answer: string;
  readonly invocation: Invocation;
  readonly endedAt: number;
  readonly endedClock: number;
  readonly scope?: string;
  /** The interval that a `slow_down` names. */
  readonly interval?: number;
};
/** What arrived at a client's notification endpoint. */
export type Delivery = When & {
  readonly invocation: Invocation;
  readonly kind: 'ping' | 'tokens' | 'error';
  readonly body: string;
  readonly scope?: string;
  /** The status that the client answered. */
  readonly status: number;
};
/** An answer of a phone that the provider accepted. */
export type Accepted = When & {
  readonly deviceId: string;
  readonly decision: 'approve' | 'deny';
  readonly isReport: boolean;
  readonly invocation: Invocation;
};
/** An answer of a phone that it heard about. `said` is `accepted`, the reason of the refusal, or `server_error`. */
export type Answer = When & {
  readonly deviceId: string;
  readonly decision: 'approve' | 'deny';
  readonly invocation: Invocation;
  readonly said: string;
};
/** A number that somebody entered: the phone with an approval, or the client after one. */
export type EnteredNumber = {
  readonly by: 'phone' | 'client';
  readonly number: string;
  readonly startedAt: number;
  invocation?: Invocation | undefined;
  /** What they heard: `accepted`, the reason of the refusal, or `server_error`. Undefined if nothing. */
  said?: string;
  /** How many attempts are left, if it was told. */
  attemptsLeft?: number;
  endedAt?: number;
};
/** A call of a client to have the phones rung again, and what it heard. */
export type Resend = {
  readonly startedAt: number;
  invocation?: Invocation;
  said?: string;
  resendsLeft?: number;
};
/** An attempt to ring that the table lists, when it was added. */
export type ListedAttempt = When & {
  readonly kind: string;
  /** The instant that the list has. */
  readonly began: number;
  readonly invocation: Invocation | undefined;
  /** The state of the request at that moment. */
  readonly state: State;
};
/** A client's call to ask somebody, and what it heard: `asked`, the reason of the refusal, or `server_error`. */
export type Ask = {
  readonly clientId: string;
  readonly registrationId: string;
  readonly sub: string;
  readonly code: 'none' | 'right' | 'wrong';
  readonly startedAt: number;
  readonly startedClock: number;
  invocation?: Invocation;
  said?: string;
};

/** An authentication request, from its creation on. */
export type RequestStory = {
  readonly number: number;
  readonly requestId: string;
  readonly clientId: string;
  readonly registrationId: string;
  readonly sub: string;
  readonly expiresAt: number;
  readonly issuedAt: number;
  /** Nobody was asked, and the client is to hear of a denial. */
  readonly isSilent: boolean;
  /** Nobody was asked, and the request expires. */
  readonly isConcealed: boolean;
  readonly numberMatching: NumberMatching | undefined;
  /** The last number that would have been right. */
  rightNumber: string | undefined;
  /** The number in the acknowledgement, and the one that a phone shows. */
  acknowledgedNumber?: string | undefined;
  shownNumber?: string | undefined;
  /** The id, once the client has it. */
  authReqId?: string;
  readonly commits: Commit[];
  readonly polls: PollAnswer[];
  readonly deliveries: Delivery[];
  /** How often the endpoint of the client was not healthy when it was notified. */
  missed: number;
  readonly accepted: Accepted[];
  readonly answers: Answer[];
  readonly numbers: EnteredNumber[];
  readonly resends: Resend[];
  readonly attempts: ListedAttempt[];
  /** Withdrawals by the client that asked. `at`: when one was acknowledged. */
  readonly withdrawals: { readonly startedAt: number; invocation?: Invocation; at?: number }[];
  intervalSeconds: number;
};

/** What takes approvals back, or ends such a state. */
export type Taking =
  | { readonly what: 'user blocked' | 'user unblocked'; readonly sub: string }
  | { readonly what: 'device removed'; readonly sub: string; readonly deviceId: string }
  | { readonly what: 'client removed'; readonly clientId: string; readonly registrationId: string }
  | { readonly what: 'client narrowed'; readonly clientId: string; readonly scopes: readonly string[] }
  | { readonly what: 'client reported' | 'report ended'; readonly clientId: string; readonly sub: string };

/** Something was taken back. `startedAt` and `at`: when the call that did it began, and when it was acknowledged. */
export type Revocation = When & { readonly startedAt: number; readonly startedClock: number } & Taking;

/** A call that takes something back. `endedAt`: when it was answered, if ever. Until then it may take place. */
export type Attempt = { readonly startedAt: number; endedAt?: number } & Taking;

/** A phone that rang. */
export type Ring = When & {
  readonly requestId: string;
  readonly deviceId: string;
  readonly isReminder: boolean;
  readonly invocation: Invocation | undefined;
};
/** A record that the store has. */
export type Kept = When & { readonly record: AuditEvent & AuditStep; readonly invocation: Invocation | undefined };

/** A message that was handled. `said`: the reason in the log line, or `server_error`. */
export type Handled = When & {
  readonly requestId: string;
  readonly isReminder: boolean;
  readonly invocation: Invocation;
  readonly said: string;
};

/** Everything that happened. */
export class History {
  readonly requests: RequestStory[] = [];
  readonly asks: Ask[] = [];
  readonly revocations: Revocation[] = [];
  readonly attempts: Attempt[] = [];
  readonly rings: Ring[] = [];
  readonly handled: Handled[] = [];
  readonly trail: Kept[] = [];
  readonly log: (When & { readonly event: AuditEvent; readonly invocation: Invocation | undefined })[] = [];
  readonly faults: { readonly error: unknown; readonly invocation: Invocation }[] = [];
  /** What must never be seen, found while it happened. */
  readonly wrong: string[] = [];
  /** When everything became calm: from then on nothing fails, in epoch seconds. */
  calmAt = 0;

  find(requestId: string): RequestStory | undefined {
    return this.requests.find((one) => one.requestId === requestId);
  }

  /** Calls that take something back from the person or the client of a request. */
  attemptsAbout({ sub, clientId }: Pick<RequestStory, 'sub' | 'clientId'>): readonly Attempt[] {
    return this.attempts.filter(
      (one) => ('sub' in one ? one.sub === sub : true) && ('clientId' in one ? one.clientId === clientId : true),
    );
  }
}
