import type { styleText } from 'node:util';
import type { FaultLine, RequestLine } from '../../provider/core/operating/log-line.ts';
import type { GatewayAnswer } from '../runtime/gateway.ts';

/** Columns of a route, so that the callers stand below each other. */
const ROUTE_COLUMNS = 43;
const CALLER_COLUMNS = 18;
/** Characters of an id that tell it from others in a terminal. */
const SHORT_ID = 8;

type Style = Parameters<typeof styleText>[0];
/** Colours a text, or returns it as it is. */
export type Paint = (style: Style, text: string) => string;

/** What the terminal shows of one call. */
type Told = {
  readonly at: Date;
  readonly status: number;
  readonly route: string;
  readonly caller: string;
  readonly outcome: string;
  readonly milliseconds?: number;
};

/** Makes the terminal's line for a call that a function served: when, what, who, how it ended, how long it took. */
export function callLine(line: RequestLine, at: Date, paint: Paint): string {
  const { status, route, duration_ms: milliseconds } = line;
  return write({ at, status, route, caller: callerOf(line), outcome: endingOf(line), milliseconds }, paint);
}

/** Makes the terminal's line for a call that the gateway answered itself. */
export function gatewayLine({ method, path, status, message }: GatewayAnswer, at: Date, paint: Paint): string {
  return write({ at, status, route: `${method} ${safe(path)}`, caller: '', outcome: message }, paint);
}

/** Makes the terminal's lines for a fault. Its message is not logged, because it may quote what was sent. */
export function faultLines(line: FaultLine, at: Date, paint: Paint): string {
  const where = (line.frames ?? []).map((frame) => `           ${frame.trim()}`);
  const first = `${clockTime(at)}  ${paint('red', 'fault')} ${line.route}  ${line.fault}, correlation id ${line.correlation_id}`;
  return [first, ...where].join('\n');
}

function write({ at, status, route, caller, outcome, milliseconds }: Told, paint: Paint): string {
  const took = milliseconds === undefined ? '' : paint('gray', `${milliseconds} ms`);
  const columns = [paint(styleOf(status), String(status)), route.padEnd(ROUTE_COLUMNS), caller.padEnd(CALLER_COLUMNS)];
  return [clockTime(at), ...columns, outcome, took].filter(Boolean).join('  ');
}

/** Says who called: a client, a phone by the beginning of its id, or an operator. */
export function callerOf({ client_id, device_id, by }: Pick<RequestLine, 'client_id' | 'device_id' | 'by'>): string {
  if (client_id !== undefined) return client_id;
  if (device_id !== undefined) return `phone ${device_id.slice(0, SHORT_ID)}`;
  return by === undefined ? '' : (by.split('/').at(-1) ?? by);
}

/** The members of a line that say how its call ended. */
export type Ending = Pick<
  RequestLine,
  | 'error'
  | 'reason'
  | 'detail'
  | 'decision'
  | 'accepted'
  | 'devices'
  | 'approval_seconds'
  | 'notification_status'
  | 'txn'
>;

/** Says how a call ended, in the words of the standard and of the reasons in docs/operations.md. */
export function endingOf(line: Ending): string {
  const { error, reason, detail, decision, accepted, devices, approval_seconds, notification_status, txn } = line;
  const told = [
    error,
    reason !== undefined && reason !== error && `reason ${reason}`,
    detail,
    accepted !== undefined &&
      `push accepted for ${accepted} of ${devices ?? accepted} ${devices === 1 ? 'phone' : 'phones'}`,
    decision !== undefined && DECISIONS[decision],
    approval_seconds !== undefined && `tokens, ${approval_seconds} s after the request`,
    notification_status !== undefined && `the client answered ${notification_status}`,
    txn !== undefined && `txn ${txn}`,
  ];
  return told.filter(Boolean).join(', ');
}

const DECISIONS: Readonly<Record<string, string>> = { approve: 'approved', deny: 'denied' };

function styleOf(status: number): Style {
  if (status < 400) return 'green';
  return status < 500 ? 'yellow' : 'red';
}

/** A path as the terminal may show it: a caller chose it, so that control characters and great lengths are left out. */
function safe(path: string): string {
  const printable = path.replaceAll(/[^\x21-\x7e]/g, '?');
  return printable.length > ROUTE_COLUMNS ? `${printable.slice(0, ROUTE_COLUMNS - 6)}…` : printable;
}

/** The local time of day, with seconds. */
function clockTime(at: Date): string {
  return [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
}
