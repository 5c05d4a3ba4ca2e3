import { findBucket } from '../audit-trail/audit-bucket.ts';
import { readChanges, type TrailChange } from '../audit-trail/trail-changes.ts';
import { type TrailRecord, txnIn } from '../audit-trail/trail-record.ts';
import type { Tone } from '../command-line/colour.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { LoginName } from '../function-logs/log-source.ts';
import type { Step, StepName } from './step.ts';

/** No login takes longer, with the retries of its ping. Clocks of the trail and the log may differ a little. */
const LONGEST_LOGIN_SECONDS = 3600;
const LEEWAY_SECONDS = 60;

/** What the audit trail has of a login. */
export type TrailFound = {
  readonly login: LoginName | undefined;
  readonly sub: string | undefined;
  readonly clientId: string | undefined;
  readonly steps: readonly Step[];
};

/**
 * Reads what the audit trail has of a login, by any of its possible names: around the instant at which it began, or since
 * another one if the log knows nothing. Both are epoch milliseconds. The trail is kept much longer than the log.
 */
export async function findInTrail(
  deployment: Deployment,
  names: readonly LoginName[],
  { begin, since }: { begin: number | undefined; since: number },
): Promise<TrailFound> {
  const bucket = await findBucket(deployment, {});
  const range =
    begin === undefined
      ? { since: since / 1000, until: Number.MAX_SAFE_INTEGER }
      : { since: begin / 1000 - LEEWAY_SECONDS, until: begin / 1000 + LONGEST_LOGIN_SECONDS };
  const txns = names.map(({ txn }) => txn);
  const matches = (records: TrailChange['records']) => records.some((record) => txns.includes(txnIn(record) ?? ''));
  const reading = { unreadable: 0 };
  const options = { now: Math.floor(Date.now() / 1000), progress: () => undefined, reading };
  const changes: TrailChange[] = [];
  for await (const change of readChanges(bucket, { ...range, matches }, options)) changes.push(change);
  const records = changes.flatMap((change) => change.records);
  const named = records.map(txnIn).find((txn) => txn !== undefined);
  return {
    login: names.find(({ txn }) => txn === named),
    sub: records.map(({ sub }) => sub).find((sub) => sub !== undefined),
    clientId: records.map(({ clientId }) => clientId).find((id) => id !== undefined),
    steps: changes.flatMap(stepsOf),
  };
}

/** Makes a step of each event of a change. Its evidence is no step: `ciba evidence` shows it. */
function stepsOf({ outcome, records }: TrailChange): readonly Step[] {
  const told = records.filter(({ event }) => event !== 'decision_evidence');
  const last = new Map(told.map((record) => [record.event, record]));
  return [...last.values()].map((record) => stepOf(record, outcome));
}

function stepOf(record: TrailRecord, outcome: TrailChange['outcome']): Step {
  const { event, at, deviceId, decision, reason, because, jti, by, service } = record;
  const facts = Object.entries({ decision, reason, because, jti, by }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${String(value)}`],
  );
  return {
    step: nameOf(event, outcome, decision),
    at: at * 1000,
    function: String(service ?? 'audit trail'),
    count: 1,
    says: `audit trail: ${[event, outcome, ...facts].filter((part) => part !== undefined).join(', ')}`,
    tone: TONES[event] ?? 'quiet',
    deviceId: typeof deviceId === 'string' ? deviceId : undefined,
    correlationIds: [],
  };
}

const TONES: Readonly<Record<string, Tone>> = {
  client_blocked: 'bad',
  approval_taken_back: 'bad',
  wrong_number: 'bad',
};

/** The step that an event of the trail proves, where no line of the log does. */
function nameOf(event: string, outcome: TrailChange['outcome'], decision: unknown): StepName {
  if (event === 'tokens_issued') return 'tokens_issued';
  if (event === 'approval_taken_back') return 'tokens_refused';
  if (event === 'request_withdrawn') return 'withdrawn';
  if (event !== 'decision_recorded' || outcome !== 'done') return 'audited';
  return decision === 'approve' ? 'approved' : 'denied';
}
