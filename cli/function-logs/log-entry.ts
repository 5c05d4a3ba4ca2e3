import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import { type JsonObject, parseJsonObject } from '../command-line/json-object.ts';

/** A line that a function wrote. */
export type LogEntry = {
  /** When it was written, in epoch milliseconds. */
  readonly at: number;
  /** The folder of the function in `lambdas/`. */
  readonly function: string;
  /** The line as it was. */
  readonly line: string;
  /** Its members, or undefined if it is no JSON, such as a warning of Node. */
  readonly members: JsonObject | undefined;
};
/** The route of the call with which a login begins. */
export const ASKING_ROUTE = `POST ${PATHS.backchannelAuthentication}`;
/** The route of the call by which a client withdraws its request. */
export const WITHDRAWAL_ROUTE = `POST ${PATHS.withdrawal}`;
/** The route of the call with which a client has phones rung again. */
export const RESENDING_ROUTE = `POST ${PATHS.resend}`;
/** The routes of the token endpoint. Some SDKs call it by its second path. */
export const TOKEN_ROUTES: readonly string[] = [`POST ${PATHS.token}`, `POST ${PATHS.tokenAlias}`];
/** A line with its place, as a log keeps it. */
type KeptLine = { readonly at: number; readonly function: string; readonly line: string };

/** Reads a line. Its own instant counts, because a log may have got it later. */
export function readEntry({ at, function: name, line }: KeptLine): LogEntry {
  const text = line.trimEnd();
  const members = parseJsonObject(text);
  const written = Date.parse(String(members?.['timestamp']));
  return { at: Number.isNaN(written) ? at : written, function: name, line: text, members };
}

/** Returns a text member of a line. */
export function textIn({ members }: Pick<LogEntry, 'members'>, name: string): string | undefined {
  const value = members?.[name];
  return typeof value === 'string' ? value : undefined;
}

/** Returns a number member of a line. */
function numberIn({ members }: Pick<LogEntry, 'members'>, name: string): number | undefined {
  const value = members?.[name];
  return typeof value === 'number' ? value : undefined;
}

/**
 * How a call ended. `pending`: a poll before the user answered. `failed`: a fault, or another answer from 500 on.
 * Undefined for a line that is about no call.
 */
export type CallOutcome = 'ok' | 'pending' | 'refused' | 'failed';
export const CALL_OUTCOMES = ['ok', 'pending', 'refused', 'failed'] as const satisfies readonly CallOutcome[];

/** Returns how the call of a line ended. A line that is no JSON counts as failed: functions write none on purpose. */
export function outcomeOf(entry: LogEntry): CallOutcome | undefined {
  if (!entry.members || textIn(entry, 'message') === 'fault') return 'failed';
  if (textIn(entry, 'message') !== 'request') return undefined;
  if (textIn(entry, 'error') === 'authorization_pending') return 'pending';
  const status = numberIn(entry, 'status') ?? 200;
  if (status >= 500) return 'failed';
  return status >= 400 ? 'refused' : 'ok';
}
