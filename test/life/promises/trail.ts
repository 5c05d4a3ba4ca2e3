import { NUMBER_TRIES } from '../../../provider/core/deciding/number-matching.ts';
import type { Commit, Kept, RequestStory } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';

const about = ({ record }: Kept, { requestId }: RequestStory): boolean =>
  'requestId' in record && record.requestId === requestId;

/** A change of the state of a request by the answer of a phone. An approval may count only later. */
type Made = Commit & { readonly decision: 'approve' | 'deny' };

/** Returns the decisions that phones made: the first approval, and the denial. */
function decisionsOf({ commits }: RequestStory): readonly Made[] {
  const approval = commits.find(({ to }) => to === 'awaiting_number' || to === 'approved');
  const denial = commits.find(({ to }) => to === 'denied');
  return [
    ...(approval ? [{ ...approval, decision: 'approve' } as const] : []),
    ...(denial ? [{ ...denial, decision: 'deny' } as const] : []),
  ];
}

/**
 * No decision without evidence: before an approval is committed, the store has acknowledged what the phone signed. A
 * denial is recorded also while the store is out.
 */
export function decisionWithoutEvidence({ history }: World): readonly string[] {
  return history.requests.flatMap((request) =>
    decisionsOf(request).flatMap(({ decision, deviceId, at, invocation }) => {
      const isStored = history.trail.some(
        (kept) =>
          kept.record.event === 'decision_evidence' &&
          about(kept, request) &&
          kept.record.deviceId === deviceId &&
          kept.at < at,
      );
      const wasOut = decision === 'deny' && invocation?.isDisturbed;
      return isStored || wasOut ? [] : [`the decision "${decision}" of request ${request.number} has no evidence`];
    }),
  );
}

/** The trail tells no decision that was not made, and each that was made, if the call that made it was not disturbed. */
export function trailDiffers({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const { number, accepted } = request;
    const made = decisionsOf(request);
    const told = history.trail.flatMap(({ record, ...kept }) =>
      about({ record, ...kept }, request) && record.event === 'decision_recorded' && record.phase === 'done'
        ? [{ ...kept, record }]
        : [],
    );
    const isMade = ({ record }: (typeof told)[number]) =>
      made.some(({ decision, deviceId }) => decision === record.decision && deviceId === record.deviceId);
    if (!told.every(isMade)) return [`the trail tells a decision of request ${number} that was not made`];
    const twice = made.some(({ decision }) => {
      const same = told.filter(({ record }) => record.decision === decision && record.outcome === 'recorded');
      return same.length > 1 && !same.some(({ invocation }) => invocation?.isDisturbed);
    });
    if (twice) return [`the trail tells the decision of request ${number} twice`];
    const isMissing = accepted.some(
      ({ invocation }) => !invocation.isDisturbed && !told.some((kept) => kept.invocation === invocation),
    );
    return isMissing ? [`the trail lacks a decision of request ${number}`] : [];
  });
}

/**
 * The log tells each wrong number, each number that matched and each withdrawal, once, where the call was not disturbed,
 * and none that was not.
 */
export function lessUntold({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const { number, requestId, numbers, withdrawals } = request;
    const toldBy = (event: string) =>
      history.log.filter(
        (one) => one.event.event === event && 'requestId' in one.event && one.event.requestId === requestId,
      );
    const wrong = toldBy('wrong_number');
    const matched = toldBy('number_matched');
    const withdrawn = toldBy('request_withdrawn');
    const lacks = (told: readonly { readonly invocation: Invocation | undefined }[], by: Invocation | undefined) =>
      by !== undefined && !by.isDisturbed && told.filter(({ invocation }) => invocation === by).length !== 1;
    const isWithdrawn = ({ invocation }: RequestStory['withdrawals'][number]) =>
      request.commits.some((one) => one.because === 'withdrawn' && one.invocation === invocation);
    const isLacking =
      numbers.some(({ said, invocation }) => said === 'wrong_number' && lacks(wrong, invocation)) ||
      numbers.some(
        ({ said, by, invocation }) => said === 'accepted' && by === 'client' && lacks(matched, invocation),
      ) ||
      withdrawals.some((one) => isWithdrawn(one) && lacks(withdrawn, one.invocation));
    const tooMany = matched.length > 1 || withdrawn.length > 1 || wrong.length > NUMBER_TRIES;
    return isLacking || tooMany ? [`the trail differs from what happened to request ${number}`] : [];
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
