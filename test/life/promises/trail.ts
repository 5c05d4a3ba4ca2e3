import type { Kept, RequestStory } from '../world/history.ts';
import type { World } from '../world/world.ts';

const about = (kept: Kept, { requestId }: RequestStory): boolean =>
  'requestId' in kept.record && kept.record.requestId === requestId;

/**
 * No decision without evidence: before an approval is committed, the store has acknowledged what the phone signed. A
 * denial is recorded also while the store is out.
 */
export function decisionWithoutEvidence({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const decided = request.commits.find(({ to }) => to === 'approved' || to === 'denied');
    if (!decided) return [];
    const isStored = history.trail.some(
      (kept) => kept.record.event === 'decision_evidence' && about(kept, request) && kept.at < decided.at,
    );
    const wasOut = decided.to === 'denied' && decided.invocation?.isDisturbed;
    return isStored || wasOut ? [] : [`request ${request.number} is ${decided.to} without evidence`];
  });
}

/** The trail tells no decision that was not made, and each that was made, if the call that made it was not disturbed. */
export function trailDiffers({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const { number, commits, accepted } = request;
    const decided = commits.find(({ to }) => to === 'approved' || to === 'denied');
    const told = history.trail.filter(
      ({ record, ...kept }) =>
        about({ record, ...kept }, request) && record.event === 'decision_recorded' && record.phase === 'done',
    );
    const made = decided?.to === 'approved' ? 'approve' : 'deny';
    const untrue = told.filter(
      ({ record }) =>
        record.event === 'decision_recorded' && (record.decision !== made || record.deviceId !== decided?.deviceId),
    );
    if (untrue.length > 0) return [`the trail tells a decision of request ${number} that was not made`];
    const twice = told.filter(({ record }) => record.event === 'decision_recorded' && record.outcome === 'recorded');
    if (twice.length > 1 && !twice.some(({ invocation }) => invocation?.isDisturbed))
      return [`the trail tells the decision of request ${number} twice`];
    const isMissing = accepted.some(
      ({ invocation }) => !invocation.isDisturbed && !told.some((kept) => kept.invocation === invocation),
    );
    return isMissing ? [`the trail lacks a decision of request ${number}`] : [];
  });
}

/** Tokens that a client got are in the trail, once, and so is each report of fraud. */
export function tokensUntold({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, requestId, polls }) => {
    const told = history.log.filter(({ event }) => event.event === 'tokens_issued' && event.requestId === requestId);
    const answered = polls.filter(({ answer }) => answer === 'tokens');
    if (answered.length > 0 && told.length !== 1)
      return [`the trail tells the tokens of request ${number} ${told.length} times`];
    return told.length > 1 ? [`the trail tells the tokens of request ${number} ${told.length} times`] : [];
  });
}

/** Each report of fraud that a phone was told to hold is in the trail as a block of the client. */
export function blockUntold({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const reports = request.accepted.filter(({ isReport, invocation }) => isReport && !invocation.isDisturbed);
    const told = history.trail.filter(({ record }) => record.event === 'client_blocked' && record.phase === 'done');
    const isFirst = (invocation: Kept['invocation']) => told.some((kept) => kept.invocation === invocation);
    const decidedHere = reports.filter(({ invocation }) =>
      request.commits.some((commit) => commit.to === 'denied' && commit.invocation === invocation),
    );
    return decidedHere.every(({ invocation }) => isFirst(invocation))
      ? []
      : [`the trail lacks the report of request ${request.number}`];
  });
}
