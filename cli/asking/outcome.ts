import type { JsonObject } from '../command-line/json-object.ts';
import type { Advice } from './advice.ts';

/** How asking a user can end, and the exit code of each end. */
export const OUTCOMES = {
  approved: 0,
  denied: 3,
  expired: 4,
  refused: 5,
  not_verified: 6,
} as const;
export type OutcomeName = keyof typeof OUTCOMES;

/** A decoded JWT whose signature, issuer and audience were checked. */
export type CheckedToken = { readonly header: JsonObject; readonly claims: JsonObject };

/** What the provider answered when it said no, and what that means for the client. */
export type Refusal = Advice & {
  readonly error: string;
  readonly error_description?: string | undefined;
  /** The status of the answer; undefined if no answer came in time, and if a push told it. */
  readonly status?: number | undefined;
  readonly retry_after_seconds?: number | undefined;
};

/** The tokens of an approval. `values` has the tokens themselves and is there only on request. */
export type CheckedTokens = {
  readonly token_type: string;
  readonly expires_in?: number | undefined;
  readonly scope?: string | undefined;
  /** Absent if the user granted no `openid`. */
  readonly id_token?: CheckedToken;
  readonly access_token: CheckedToken;
  readonly has_refresh_token: boolean;
  readonly values?: JsonObject | undefined;
};

/** What `ciba ask` prints with `--json`. Members that are not known yet when it ends are absent. */
export type Outcome = {
  readonly outcome: OutcomeName;
  readonly issuer: string;
  readonly client_id: string;
  /** Absent if a token named the user. */
  readonly login_hint?: string | undefined;
  /** How the client learned of the answer. */
  readonly delivery: 'poll' | 'ping' | 'push';
  /** The id that the phone sees. It is a hash of the `auth_req_id`, which is not printed. */
  readonly request_id?: string | undefined;
  /** The name of the request in logs and in the audit trail. */
  readonly txn?: string | undefined;
  readonly expires_in?: number | undefined;
  /** Seconds between two polls, as lengthened by each `slow_down`. A client in push mode gets none. */
  readonly interval?: number | undefined;
  readonly polls: number;
  readonly tokens?: CheckedTokens | undefined;
  readonly refusal?: Refusal | undefined;
};
