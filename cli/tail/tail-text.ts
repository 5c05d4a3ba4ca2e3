import { callerOf, endingOf } from '../../local/terminal/call-line.ts';
import { paint, type Tone } from '../command-line/colour.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { type CallMembers, callMembersOf } from '../function-logs/call-members.ts';
import { type CallOutcome, type LogEntry, outcomeOf } from '../function-logs/log-entry.ts';

const TONES: Readonly<Record<CallOutcome, Tone>> = { ok: 'good', pending: 'quiet', refused: 'warning', failed: 'bad' };
/** From this width on every column has its place. */
const WIDE = 120;
const TXN_COLUMNS = 16;

/** The columns of a terminal; undefined where the output goes elsewhere, and lines are never cut. */
type Width = number | undefined;

/** Formats a line of a function as one line: when, how it ended, what was called, by whom, which login, and why. */
export function tailText(entry: LogEntry, width: Width): string {
  const members = callMembersOf(entry);
  const { status, txn, fault, message } = members;
  const isWide = width === undefined || width >= WIDE;
  const [routeColumns, callerColumns] = isWide ? [44, 22] : [18, 10];
  const mark = fault === undefined ? String(status ?? '-') : 'ERR';
  const columns = [
    new Date(entry.at).toTimeString().slice(0, 8),
    mark.padEnd(3),
    cut(calledIn(entry, members, isWide), routeColumns),
    cut(callerOf(members), callerColumns),
    cut(txn ?? '', TXN_COLUMNS),
  ];
  const rest = message === undefined ? entry.line : toldBy(members);
  const whole = plainLine([...columns, rest].join('  ')).trimEnd();
  const line = width === undefined ? whole : shortened(whole, width);
  const ending = outcomeOf(entry);
  // The state is behind the time, which has 8 columns and a gap of 2.
  return ending === undefined ? line : line.slice(0, 10) + paint(TONES[ending], line.slice(10, 13)) + line.slice(13);
}

/** The name of a call: its route, and where there is little room only the end of its path. */
function calledIn(entry: LogEntry, { route, aws_service, action }: CallMembers, isWide: boolean): string {
  if (aws_service !== undefined) return `${aws_service} ${action ?? ''}`;
  if (route === undefined) return entry.function;
  return isWide ? route : (SHORT[route] ?? route.replace(/^[A-Z]+ /, ''));
}

/** Routes that are too long for a narrow terminal. */
const SHORT: Readonly<Record<string, string>> = {
  'GET /device/requests/{request_id}': 'request details',
  'POST /device/requests/{request_id}/response': 'response',
  'GET /.well-known/openid-configuration': 'discovery',
  'GET /.well-known/jwks.json': 'key set',
};

function toldBy({ fault, correlation_id, duration_ms, outcome, ...members }: CallMembers): string {
  const took = duration_ms === undefined ? undefined : `${duration_ms} ms`;
  if (fault !== undefined) return `${fault}, correlation id ${correlation_id ?? '-'}`;
  const ending = outcome ?? endingOf({ ...members, txn: undefined });
  return [ending, took].filter(Boolean).join('  ');
}

/** Makes a text exactly so many columns long. */
function cut(text: string, columns: number): string {
  const characters = [...plainLine(text)];
  return characters.length > columns
    ? `${characters.slice(0, columns - 1).join('')}…`
    : characters.join('').padEnd(columns);
}

function shortened(text: string, columns: number): string {
  const characters = [...text];
  return characters.length > columns ? `${characters.slice(0, columns - 1).join('')}…` : text;
}
