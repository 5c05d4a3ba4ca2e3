import type { Say } from '../command-line/steps.ts';
import type { LogEntry } from './log-entry.ts';

/** A name of a login: its `txn` in lines, and if it is known, the request id, which only audit lines have. */
export type LoginName = { readonly txn: string; readonly requestId: string | undefined };
/** Which lines are wanted as they come. */
export type Following = {
  /** Only of these functions; of all that take part in calls if it is empty. */
  readonly functions: readonly string[];
  /** From when on, in epoch milliseconds. */
  readonly since: number;
  /** Ends the following. */
  readonly over: AbortSignal;
  /** Told when the connection is lost, and when it is back. */
  readonly say: Say;
};
/** What a search found. */
export type FoundLines = {
  readonly entries: readonly LogEntry[];
  /** The one of the names that lines have. The first if there are none. */
  readonly login: LoginName;
  /** What the log may not show, in sentences. */
  readonly missing: readonly string[];
};

/** Where the lines of the functions are: at the local runtime, or in CloudWatch Logs. */
export type LogSource = {
  /** Yields lines in batches, each in the order of their instants, until it is over. */
  follow(following: Following): AsyncGenerator<readonly LogEntry[]>;
  /** Finds the lines about one login, by any of its possible names, since an instant in epoch milliseconds, oldest first. */
  search(names: readonly [LoginName, ...LoginName[]], since: number): Promise<FoundLines>;
};
