import type { Tone } from '../command-line/colour.ts';
import { isJsonObject } from '../command-line/json-object.ts';
import { type CallMembers, callMembersOf } from '../function-logs/call-members.ts';
import {
  ASKING_ROUTE,
  type LogEntry,
  RESENDING_ROUTE,
  TOKEN_ROUTES,
  textIn,
  WITHDRAWAL_ROUTE,
} from '../function-logs/log-entry.ts';

/** What happened in a login, by the names that `ciba trace --json` has. */
export type StepName =
  | 'asked'
  | 'not_asked'
  | 'rung_again'
  | 'not_rung_again'
  | 'reminded'
  | 'not_reminded'
  | 'details_fetched'
  | 'approved'
  | 'denied'
  | 'answer_refused'
  | 'announced'
  | 'ping_waits'
  | 'pinged'
  | 'ping_failed'
  | 'not_pinged'
  | 'polled'
  | 'tokens_issued'
  | 'tokens_refused'
  | 'expired'
  | 'withdrawn'
  | 'not_withdrawn'
  | 'push_failed'
  | 'event_sent'
  | 'fault'
  | 'audited'
  | 'other';

/** One thing that happened in a login, or several polls together. */
export type Step = {
  readonly step: StepName;
  /** Epoch milliseconds: when its line was written, or the first of its lines. */
  readonly at: number;
  /** When the last of several lines was written. */
  readonly until?: number;
  readonly function: string;
  /** How many calls it is. */
  readonly count: number;
  /** In words. */
  readonly says: string;
  readonly tone: Tone;
  /** How long the function took, if it is one call. */
  readonly tookMilliseconds?: number | undefined;
  readonly reason?: string | undefined;
  readonly deviceId?: string | undefined;
  readonly correlationIds: readonly string[];
};

type Told = Pick<Step, 'step' | 'says' | 'tone'>;

/** Makes a step of each line of a login. A line about a message also tells when the message was sent. */
export function stepsOf(entry: LogEntry): readonly Step[] {
  const members = callMembersOf(entry);
  const { duration_ms, reason, device_id, correlation_id, age_seconds } = members;
  const common = {
    at: entry.at,
    function: entry.function,
    count: 1,
    tookMilliseconds: duration_ms,
    reason,
    deviceId: device_id,
    correlationIds: correlation_id === undefined ? [] : [correlation_id],
  };
  const told = toldBy(entry, members);
  const step = { ...common, ...told };
  const isReminder = REMINDERS.includes(reason ?? '');
  // The message of a reminder comes again every quarter of an hour until its time has come.
  if (reason === 'reminder_waits' && members.accepted === undefined) return [];
  const isMessage = textIn(entry, 'route') === 'SQS client-notification';
  const isSent = isMessage && !isReminder && age_seconds !== undefined;
  if (!isSent) return [step];
  const sentAt = entry.at - age_seconds * 1000;
  const announced = { ...common, ...ANNOUNCED, at: Math.round(sentAt), tookMilliseconds: undefined, reason: undefined };
  return [announced, step];
}

/** What the message of a reminder ends with. It announces nothing. */
const REMINDERS: readonly string[] = [
  'reminded',
  'reminder_waits',
  'nobody_to_remind',
  'reminders_off',
  'nobody_asked',
  'reminded_already',
];

const ANNOUNCED = { step: 'announced', says: 'the decision is announced to the queue', tone: 'quiet' } as const;

function toldBy(entry: LogEntry, members: CallMembers): Told {
  const { fault, route = '' } = members;
  if (fault !== undefined) return { step: 'fault', says: `fault ${fault} in ${route}`, tone: 'bad' };
  if (members.message === 'audit') return audited(entry);
  if (route === ASKING_ROUTE) return asked(members);
  if (route === WITHDRAWAL_ROUTE) return withdrawn(members);
  if (route === RESENDING_ROUTE) return rungAgain(members);
  if (REMINDERS.includes(members.reason ?? '')) return reminded(members);
  if (route === 'GET /device/requests/{request_id}') return fetched(members);
  if (route === 'POST /device/requests/{request_id}/response') return answered(members);
  if (TOKEN_ROUTES.includes(route)) return redeemed(members);
  if (route === 'SQS client-notification') return pinged(members);
  if (route.startsWith('SNS '))
    return { step: 'push_failed', says: `SNS reports ${members.detail ?? route}`, tone: 'bad' };
  if (route === 'SQS events' && members.events !== undefined)
    return { step: 'expired', says: 'expired, and other systems are told', tone: 'warning' };
  if (members.events !== undefined) return { step: 'event_sent', says: 'other systems are told', tone: 'quiet' };
  return { step: 'other', says: `${route || entry.function}${because(members)}`, tone: 'quiet' };
}

function asked(members: CallMembers): Told {
  const { error, concealed, reported } = members;
  if (error !== undefined) return { step: 'not_asked', says: `refused: ${error}${because(members)}`, tone: 'bad' };
  if (concealed !== undefined) return { step: 'asked', says: `asked, but nobody rings: ${concealed}`, tone: 'warning' };
  if (reported)
    return { step: 'asked', says: 'asked, but nobody rings: the user reported this client', tone: 'warning' };
  return { step: 'asked', ...rungIn('asked', members) };
}

/** How many devices were rung, and what went wrong. */
function rungIn(what: string, { accepted, devices = accepted, push_errors }: CallMembers): Omit<Told, 'step'> {
  const failed = push_errors === undefined ? '' : `, ${push_errors}`;
  const says = `${what}, ${accepted ?? 0} of ${devices ?? 0} ${devices === 1 ? 'device' : 'devices'} rung${failed}`;
  return { says, tone: accepted === devices ? 'good' : 'warning' };
}

function rungAgain(members: CallMembers): Told {
  const { error, devices, concealed } = members;
  if (error !== undefined)
    return { step: 'not_rung_again', says: `resend refused: ${error}${because(members)}`, tone: 'warning' };
  if (devices !== undefined) return { step: 'rung_again', ...rungIn('the client resends', members) };
  const why = concealed ?? 'the client is not to notice why';
  return { step: 'not_rung_again', says: `the client resends, but nobody rings: ${why}`, tone: 'warning' };
}

function reminded(members: CallMembers): Told {
  const { reason, devices } = members;
  return devices === undefined
    ? {
        step: 'not_reminded',
        says: `no reminder: ${reason ?? 'no reason'}${because({ detail: members.detail })}`,
        tone: 'quiet',
      }
    : { step: 'reminded', ...rungIn('the phones are reminded', members) };
}

function withdrawn(members: CallMembers): Told {
  const { error, reason, accepted = 0, devices = 0 } = members;
  if (reason === 'withdrawn' || reason === 'approval_withdrawn') {
    const what = reason === 'withdrawn' ? 'withdrawn by the client' : 'withdrawn by the client after the approval';
    return { step: 'withdrawn', says: `${what}, ${accepted} of ${devices} devices told`, tone: 'warning' };
  }
  const says = error === undefined ? `withdrawal changed nothing: ${reason}` : `withdrawal refused: ${error}`;
  return { step: 'not_withdrawn', says, tone: 'quiet' };
}

function fetched(members: CallMembers): Told {
  if (members.error !== undefined)
    return { step: 'answer_refused', says: `details refused: ${members.error}${because(members)}`, tone: 'warning' };
  return { step: 'details_fetched', says: `phone ${idOf(members)} fetched the details`, tone: 'good' };
}

function answered(members: CallMembers): Told {
  const { error, decision, reported } = members;
  const phone = `phone ${idOf(members)}`;
  if (error !== undefined)
    return { step: 'answer_refused', says: `${phone}: answer refused: ${error}${because(members)}`, tone: 'warning' };
  if (decision === 'approve') return { step: 'approved', says: `approved by ${phone}`, tone: 'good' };
  const report = reported ? ', and reported as fraud' : '';
  return { step: 'denied', says: `denied by ${phone}${report}`, tone: 'warning' };
}

/** Reasons after which no tokens can come any more, because the time is over. */
const OVER = ['request_expired', 'approval_not_redeemed_in_time'];

function redeemed(members: CallMembers): Told {
  const { error, reason = '', approval_seconds } = members;
  if (error === undefined) {
    const after = approval_seconds === undefined ? '' : `, approved ${approval_seconds} s after the request`;
    return { step: 'tokens_issued', says: `tokens issued${after}`, tone: 'good' };
  }
  if (error === 'authorization_pending') return { step: 'polled', says: error, tone: 'quiet' };
  if (error === 'slow_down' || reason === 'slow_down_ignored')
    return { step: 'polled', says: 'slow_down', tone: 'warning' };
  const says = `no tokens: ${error}${because(members)}`;
  return OVER.includes(reason)
    ? { step: 'expired', says, tone: 'warning' }
    : { step: 'tokens_refused', says, tone: 'bad' };
}

function pinged(members: CallMembers): Told {
  const { reason, detail, pushed, approval_seconds, notification_status: status } = members;
  const what = pushed === undefined ? 'ping' : `push of ${pushed}`;
  const minted = approval_seconds === undefined ? '' : `, approved ${approval_seconds} s after the request`;
  if (reason === 'notified')
    return detail === 'accepted'
      ? { step: 'pinged', says: `${what} delivered, the client answered ${status ?? 'it'}${minted}`, tone: 'good' }
      : { step: 'ping_failed', says: `${what} refused, the client answered ${status ?? 'no'}${minted}`, tone: 'bad' };
  if (reason === 'endpoint_unreachable')
    return { step: 'ping_failed', says: `${what} not delivered, tried again${because({ detail })}`, tone: 'warning' };
  if (reason === 'notification_given_up')
    return { step: 'ping_failed', says: `${what} given up${because({ detail })}`, tone: 'bad' };
  if (reason === 'not_decided_yet' || reason === 'not_stored_yet' || reason === 'being_notified')
    return { step: 'ping_waits', says: `${what} waits: ${reason}`, tone: 'quiet' };
  return { step: 'not_pinged', says: `no ${what}: ${reason ?? 'no reason'}`, tone: 'quiet' };
}

function audited({ members = {} }: LogEntry): Told {
  const audit = isJsonObject(members['audit']) ? members['audit'] : {};
  const { event, phase, outcome, jti } = audit;
  const more = [phase, outcome, jti === undefined ? undefined : `jti ${String(jti)}`];
  const says = ['audit trail:', event, ...more].filter((part) => part !== undefined).join(' ');
  return { step: 'audited', says, tone: 'quiet' };
}

/** The internal reason, where it says more than the error, and its details. */
function because({ reason, error, detail }: Partial<Pick<CallMembers, 'reason' | 'error' | 'detail'>>): string {
  const parts = [reason === error ? undefined : reason, detail].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function idOf({ device_id: id }: CallMembers): string {
  return id === undefined ? 'unknown' : id.slice(0, 8);
}
