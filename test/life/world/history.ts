import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
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

/** An authentication request, from its creation on. */
export type RequestStory = {
  readonly number: number;
  readonly requestId: string;
  readonly clientId: string;
  readonly registrationId: string;
  readonly sub: string;
  readonly expiresAt: number;
  readonly isSilent: boolean;
  /** The id, once the client has it. */
  authReqId?: string;
  readonly commits: Commit[];
  readonly polls: PollAnswer[];
  readonly deliveries: Delivery[];
  readonly accepted: Accepted[];
  /** Withdrawals by the client that asked. `at`: when one was acknowledged. */
  readonly withdrawals: { readonly startedAt: number; at?: number }[];
  intervalSeconds: number;
};

/** What takes approvals back. `startedAt` and `at`: when the call that did it began, and when it was acknowledged. */
export type Revocation = When & {
  readonly startedAt: number;
  readonly startedClock: number;
} & (
    | { readonly what: 'user blocked'; readonly sub: string }
    | { readonly what: 'user unblocked'; readonly sub: string }
    | { readonly what: 'device removed'; readonly sub: string; readonly deviceId: string }
    | { readonly what: 'client removed'; readonly clientId: string; readonly registrationId: string }
    | { readonly what: 'client narrowed'; readonly clientId: string; readonly scopes: readonly string[] }
    | { readonly what: 'client reported'; readonly clientId: string; readonly sub: string }
    | { readonly what: 'report ended'; readonly clientId: string; readonly sub: string }
  );

/** A call that takes approvals back, or ends such a state. */
export type Attempt = { readonly what: Revocation['what']; readonly startedAt: number; endedAt?: number };

/** A phone that rang. */
export type Ring = When & {
  readonly requestId: string;
  readonly deviceId: string;
  readonly invocation: Invocation | undefined;
};
/** A record that the store has. */
export type Kept = When & { readonly record: AuditEvent & AuditStep; readonly invocation: Invocation | undefined };

/** Everything that happened. */
export class History {
  readonly requests: RequestStory[] = [];
  readonly revocations: Revocation[] = [];
  /** Revocations whose call was made. `endedAt`: when it was answered, if ever. Until then it may take place. */
  readonly attempts: Attempt[] = [];
  readonly rings: Ring[] = [];
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
}
