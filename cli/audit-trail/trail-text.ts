import type { AuditEvent } from '../../provider/core/operating/audit-event.ts';
import type { AuditStep } from '../../provider/core/operating/audit-record.ts';
import { isJsonObject } from '../command-line/json-object.ts';
import { instant, plainLine } from '../command-line/text-layout.ts';
import type { TrailChange } from './trail-changes.ts';
import { txnIn } from './trail-record.ts';

type MembersOf<Part> = Part extends unknown ? Exclude<keyof Part, 'event' | 'change' | 'phase'> : never;

/** The name of each member in a row for people; empty for a member that a row does not show. */
const LABELS = {
  requestId: '',
  sub: 'user',
  clientId: 'client',
  deviceId: 'device',
  decision: 'decision',
  reason: 'reason',
  outcome: 'result',
  because: 'because',
  wasApproved: 'approved',
  attemptsLeft: 'attempts_left',
  changed: 'changed',
  jti: 'jti',
  kid: 'kid',
  algorithm: 'algorithm',
  profileId: '',
  profileIds: 'profiles',
  sealed: '',
  level: 'level',
  until: 'until',
  refusal: 'refusal',
  by: 'by',
} as const satisfies Readonly<Record<MembersOf<AuditEvent | AuditStep>, string>>;

const EVENT_WIDTH = 22;
const OUTCOME_WIDTH = 15;

/** Formats a change as one line: when, what, what became of it, and who. */
export function changeText({ at, outcome, records }: TrailChange): string {
  const last = records.at(-1);
  const told: Readonly<Record<string, unknown>> = Object.assign({}, ...records);
  const txn = records.map(txnIn).find((one) => one !== undefined);
  const facts = Object.entries(LABELS).flatMap(([member, label]) =>
    label === '' || told[member] === undefined ? [] : [`${label}=${valueText(told[member])}`],
  );
  const state = outcome === 'unknown' ? 'outcome unknown' : (outcome ?? '-');
  const columns = [instant(at), (last?.event ?? '').padEnd(EVENT_WIDTH), state.padEnd(OUTCOME_WIDTH)];
  return plainLine([...columns, ...(txn === undefined ? [] : [`txn=${txn}`]), ...facts].join('  '));
}

/** Formats a change as one line of JSON, with its records as the trail has them, but without evidence. */
export function changeJson({ at, outcome, records }: TrailChange): string {
  const txn = records.map(txnIn).find((one) => one !== undefined);
  return JSON.stringify({ at, event: records.at(-1)?.event, outcome, txn, records });
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.map(memberText).join(',');
  const text = String(value);
  return /\s/.test(text) ? JSON.stringify(text) : text;
}

/** Formats a member that changed: its name, and its new value if the trail has it. */
function memberText(value: unknown): string {
  if (!isJsonObject(value)) return String(value);
  const { member, after } = value;
  return after === undefined ? String(member) : `${String(member)}:${JSON.stringify(after)}`;
}
