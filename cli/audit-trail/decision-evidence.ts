import type { Evidence } from '../../provider/core/deciding/evidence.ts';
import { decodeApproval } from '../../provider/core/deciding/evidence-check.ts';
import { txnOf } from '../../provider/core/digest.ts';
import { Refused } from '../command-line/failure.ts';
import type { Unseal } from './sealed-evidence.ts';
import { daysOf, readDay, type TrailBucket, type TrailRange } from './trail-objects.ts';
import { openEvidence, type SignedEvidence, type TrailRecord, txnIn } from './trail-record.ts';

type Decided = { readonly outcome: TrailRecord; readonly evidence: TrailRecord };

/**
 * Finds the records of one decision, latest day first, until they are complete. Returns undefined if the range has none
 * of this request.
 */
export async function findDecision(
  bucket: TrailBucket,
  txn: string,
  { now, progress, open, ...range }: TrailRange & { now: number; progress: (text: string) => void; open: Unseal },
): Promise<Evidence | undefined> {
  const records: TrailRecord[] = [];
  const keep = (record: TrailRecord) =>
    record.event.startsWith('decision_') && record.at >= range.since && txnIn(record) === txn ? record : undefined;
  for (const day of daysOf(range, now).toReversed()) {
    for await (const read of readDay(bucket, day, { keep, progress })) records.push(...(await open(read.records)));
    const decided = chooseDecided(records);
    if (decided) return evidenceOf(decided);
  }
  if (records.length > 0) throw new Refused(incomplete(records), 'ciba audit --txn shows what is there.', 'incomplete');
  return undefined;
}

/**
 * Chooses the answer that made the decision: the one whose `change` has the outcome `recorded`. If that outcome was
 * lost, a repetition of the answer told `recorded_before`: then it is the last answer of the same device with the same
 * decision before it. Other answers decided nothing and are left out. They stay in the trail.
 */
function chooseDecided(records: readonly TrailRecord[]): Decided | undefined {
  const evidence = records.filter((record) => openEvidence(record) !== undefined);
  const outcomes = records.filter(({ event }) => event === 'decision_recorded');
  const recorded = new Map(
    outcomes.filter((one) => one['outcome'] === 'recorded').map((outcome) => [outcome.change, outcome]),
  );
  // One conditional write decides, so two of them cannot both be true.
  if (recorded.size > 1)
    throw new Refused(
      'The trail has two answers that decided: one of them was not written by the provider.',
      'Find out who else can write to the audit bucket: docs/operations.md#alarm-audit-changed.',
    );
  for (const [change, outcome] of recorded) {
    const found = evidence.find((one) => change !== undefined && one.change === change);
    return found && { outcome, evidence: found };
  }
  const before = outcomes.find((one) => one['outcome'] === 'recorded_before');
  return before && lastBefore(before, outcomes, evidence);
}

/** Finds the last answer of the same device with the same decision before its repetition, unless it was refused. */
function lastBefore(
  repetition: TrailRecord,
  outcomes: readonly TrailRecord[],
  evidence: readonly TrailRecord[],
): Decided | undefined {
  const refused = outcomes.filter(({ phase }) => phase === 'refused').map(({ change }) => change);
  const [last] = evidence
    .filter(({ change, at }) => at <= repetition.at && !refused.includes(change))
    .filter((one) => one['deviceId'] === repetition['deviceId'] && decisionIn(one) === repetition['decision'])
    .sort((a, b) => b.at - a.at);
  return last && { outcome: repetition, evidence: last };
}

/** Returns the decision in the signed answer of a record. */
function decisionIn(record: TrailRecord): unknown {
  const signed = openEvidence(record);
  return signed && decodeApproval(approvalOf(record, signed))?.claims['decision'];
}

function incomplete(records: readonly TrailRecord[]): string {
  const hasEvidence = records.some((record) => openEvidence(record) !== undefined);
  const unopened = records.find((record) => record['unopened'] !== undefined);
  if (!hasEvidence && unopened?.['unopened'] === 'no key')
    return `The evidence of this request is sealed, and there is no key that opens it: the user was erased. ciba audit --user ${unopened.sub} tells who did it and when. If nobody did, --url names another deployment than the audit trail.`;
  if (!hasEvidence && unopened)
    return 'The evidence of this request is sealed, and the key of its user does not open it: the record was changed.';
  return hasEvidence
    ? 'The trail has an answer to this request, but no outcome: it decided nothing, or its outcome is not there yet.'
    : 'The trail has no signed answer for this request in this range: give an earlier --since.';
}

function evidenceOf({ outcome, evidence }: Decided): Evidence {
  const signed = openEvidence(evidence);
  const requestId = evidence.requestId ?? '';
  if (!signed) throw new Error('a record without evidence was chosen');
  return {
    version: 1,
    txn: txnOf(requestId),
    request_id: requestId,
    approvals: [approvalOf(evidence, signed)],
    outcome: {
      recorded_at: outcome.at,
      outcome: String(outcome['outcome']),
      decision: String(outcome['decision']),
      ...(outcome['reason'] !== undefined && { reason: String(outcome['reason']) }),
    },
  };
}

function approvalOf(
  record: TrailRecord,
  { response, details, publicKey, proof = 'device_key' }: SignedEvidence,
): Evidence['approvals'][number] {
  return {
    proof,
    recorded_at: record.at,
    sub: record.sub ?? '',
    device_id: String(record['deviceId']),
    response,
    details,
    public_key: publicKey,
  };
}
