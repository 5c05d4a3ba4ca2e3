import { decodeJwt } from 'jose';
import type { Kill } from './provider-process.ts';
import type { StoredRequest, TrailRecord } from './stored.ts';

/** The trail and the table of requests after a load test. */
export type Trail = {
  readonly records: readonly TrailRecord[];
  readonly requests: readonly StoredRequest[];
  readonly kills: readonly Kill[];
};

/** For so long before a kill a call may have been at work, in seconds. */
const LONGEST_CALL_SECONDS = 30;

const DECISION_OF_STATE: Readonly<Record<string, string>> = {
  approved: 'approve',
  redeemed: 'approve',
  denied: 'deny',
};

/** Compares the audit trail with the table of requests. Returns what differs, in words; nothing if all is well. */
export function checkTrail(trail: Trail): readonly string[] {
  const byRequest = Map.groupBy(trail.records, ({ requestId }) => requestId);
  return [
    ...checkChanges(trail),
    ...trail.requests.flatMap((request) => checkDecision(request, byRequest.get(request.requestId) ?? [])),
    ...trail.requests.flatMap((request) => checkIssued(request, byRequest.get(request.requestId) ?? [], trail.kills)),
    ...checkKnown(trail),
  ];
}

/** Whether a process that was killed may have left something undone that began then. */
function isDuringKill(at: number, kills: readonly Kill[]): boolean {
  return kills.some((kill) => at >= kill.at / 1000 - LONGEST_CALL_SECONDS && at <= kill.at / 1000 + 1);
}

/** Each intention has one outcome, unless its process was killed. Each outcome has its intention. */
function checkChanges({ records, kills }: Trail): readonly string[] {
  const changes = Map.groupBy(records, ({ change }) => change);
  changes.delete(undefined);
  return [...changes].flatMap(([change, steps]) => {
    const intended = steps.filter(({ phase }) => phase === 'intended');
    const outcomes = steps.filter(({ phase }) => phase !== 'intended');
    const [first] = intended;
    const name = `change ${change} (${(first ?? outcomes[0])?.event})`;
    if (intended.length > 1) return [`${name} was intended ${intended.length} times`];
    if (outcomes.length > 1) return [`${name} has ${outcomes.length} outcomes`];
    if (first && outcomes.length === 0 && !isDuringKill(first.at, kills)) return [`${name} has no outcome`];
    const needsIntention = outcomes.some(({ outcome }) => outcome === 'recorded');
    return needsIntention && !first ? [`${name} was made without an intention`] : [];
  });
}

/** A decision in the table has its evidence and its outcome. Without one there is no outcome that says so. */
function checkDecision(request: StoredRequest, records: readonly TrailRecord[]): readonly string[] {
  const { requestId, state } = request;
  const decision = DECISION_OF_STATE[state];
  const evidence = records.filter(({ event }) => event === 'decision_evidence');
  const done = records.filter(({ event, phase }) => event === 'decision_recorded' && phase === 'done');
  const committed = done.filter(({ outcome }) => outcome === 'recorded');
  const name = `request ${requestId} (${state})`;
  if (decision === undefined) return done.length > 0 ? [`${name} has the outcome of a decision in the trail`] : [];
  const found: string[] = [];
  if (!evidence.some(({ response }) => decisionIn(response) === decision)) found.push(`${name} has no evidence`);
  if (done.length === 0) found.push(`${name} has no outcome in the trail`);
  if (committed.length > 1) found.push(`${name} was recorded ${committed.length} times`);
  if (done.some((one) => one.decision !== decision)) found.push(`${name} has the outcome of another decision`);
  return found;
}

/** Tokens that were issued are in the trail once. They stand only in the log, whose last lines a kill may lose. */
function checkIssued(
  { requestId, state }: StoredRequest,
  records: readonly TrailRecord[],
  kills: readonly Kill[],
): readonly string[] {
  const issued = records.filter(({ event }) => event === 'tokens_issued');
  const name = `request ${requestId} (${state})`;
  if (state !== 'redeemed') return issued.length > 0 ? [`${name} has tokens in the trail`] : [];
  if (issued.length > 1) return [`${name} has tokens ${issued.length} times in the trail`];
  const lastAt = Math.max(...records.map(({ at }) => at));
  return issued.length === 0 && !isDuringKill(lastAt, kills) ? [`${name} has no tokens in the trail`] : [];
}

/** The trail names no request that is not there. */
function checkKnown({ records, requests }: Trail): readonly string[] {
  const known = new Set(requests.map(({ requestId }) => requestId));
  const unknown = records.filter(({ requestId }) => requestId !== undefined && !known.has(requestId));
  return unknown.map(({ event, requestId }) => `the trail has ${event} of ${requestId}, which is not in the table`);
}

function decisionIn(response: string | undefined): unknown {
  return response === undefined ? undefined : decodeJwt(response)['decision'];
}
