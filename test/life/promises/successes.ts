import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';
import type { Commit, Delivery, PollAnswer, RequestStory, State } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import type { World } from '../world/world.ts';

/** A success: tokens that a client got. `invocation` is the one that redeemed the request. */
export type Success = { readonly scope: string; readonly invocation: Invocation | undefined };

const isTokens = (delivery: Delivery) => delivery.kind === 'tokens';
const hasTokens = (poll: PollAnswer) => poll.answer === 'tokens';

/** Returns the tokens that a client got for a request. The same body, pushed again, counts once. */
export function successesOf(request: RequestStory): readonly Success[] {
  const redeemed = request.commits.find(({ to }) => to === 'redeemed')?.invocation;
  const pushed = new Map(request.deliveries.filter(isTokens).map((one) => [one.body, one]));
  return [
    ...request.polls.filter(hasTokens).map(({ scope = '', invocation }) => ({ scope, invocation })),
    ...[...pushed.values()].map(({ scope = '' }) => ({ scope, invocation: redeemed })),
  ];
}

/** Never two successes for one request: of all answers with tokens and all pushed bodies with tokens, one at most. */
export function twoSuccesses({ history }: World): readonly string[] {
  return history.requests
    .filter((request) => successesOf(request).length > 1)
    .map(({ number }) => `request ${number} led to tokens twice`);
}

/** Never a success after a refusal that somebody was told: the phone that its denial holds, or the client its end. */
export function successAfterRefusal({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    if (successesOf(request).length === 0) return [];
    const denied = request.accepted.some(({ decision }) => decision === 'deny');
    return denied ? [`request ${request.number} led to tokens, and a phone was told that it is denied`] : [];
  });
}

/**
 * Never a success after a withdrawal that was acknowledged. A withdrawal that comes after the redemption is acknowledged
 * too, and changes nothing.
 */
export function successAfterWithdrawal({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, withdrawals, commits }) => {
    const redeemed = commits.find(({ to }) => to === 'redeemed');
    const isLate = redeemed && withdrawals.some(({ at }) => at !== undefined && at < redeemed.at);
    return isLate ? [`request ${number} was redeemed after its withdrawal was acknowledged`] : [];
  });
}

/**
 * Never two decisions: one phone at most is told that its approval holds, or one that its denial does. An approval that
 * waits for its number may be denied: from then on it holds no more.
 */
export function twoDecisions({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, accepted, numberMatching }) => {
    const denied = accepted.find(({ decision }) => decision === 'deny');
    const holding = accepted.filter(
      ({ decision, invocation }) =>
        decision === 'deny' || numberMatching !== 'client_enters' || !denied || invocation.startedAt > denied.at,
    );
    const told = new Set(holding.map(({ deviceId, decision }) => `${decision} of ${deviceId}`));
    return told.size > 1 ? [`phones were told of request ${number} that these hold: ${[...told].join(', ')}`] : [];
  });
}

/** States only go forward, and each change is one that the life of a request has. */
export function statesGoBack({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, commits, numberMatching }) =>
    commits.slice(1).flatMap(({ to }, index) => {
      const from = commits[index]?.to ?? 'pending';
      return nextOf(from, numberMatching).includes(to) ? [] : [`request ${number} went from ${from} to ${to}`];
    }),
  );
}

function nextOf(from: State, numberMatching: RequestStory['numberMatching']): readonly State[] {
  switch (from) {
    case 'pending':
      return [numberMatching === 'client_enters' ? 'awaiting_number' : 'approved', 'denied', 'failed'];
    case 'awaiting_number':
      return ['approved', 'denied', 'failed'];
    case 'approved':
      return ['redeemed', 'failed'];
    default:
      return [];
  }
}

/**
 * Nothing is decided at or after the end of the request. A decision whose write was on its way at the end may take place
 * a moment after it.
 */
export function decidedTooLate({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, commits, expiresAt }) =>
    commits.some((commit) => isDecision(commit) && issuedAt(commit) >= expiresAt)
      ? [`request ${number} was decided after its end`]
      : [],
  );
}

const isDecision = ({ to }: Commit): boolean => ['awaiting_number', 'approved', 'denied'].includes(to);

/** When the write was sent that changed the state, in epoch seconds. */
export function issuedAt({ to, clock, invocation }: Commit): number {
  return invocation?.calls.find(({ kind }) => kind === `to ${to}`)?.clock ?? clock;
}

/** What the client of a request must be told in time: so many seconds before the last moment, at the latest. */
const MARGIN_SECONDS = 10;

/**
 * An approval that counts is not lost: a phone was told that it holds, or the client that its number is right. Where
 * nothing was taken back, a client that polls in time gets the tokens. The request is redeemed without them only where
 * the answer of that very write was lost.
 */
export function approvalLost({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const { number, polls, commits, expiresAt } = request;
    const countsFrom = approvedAt(request);
    if (countsFrom === undefined || request.withdrawals.length > 0 || successesOf(request).length > 0) return [];
    if (history.attemptsAbout(request).length > 0) return [];
    const redeemed = commits.find(({ to }) => to === 'redeemed');
    const claim = redeemed?.invocation?.calls.find(({ kind }) => kind === 'to redeemed');
    if (redeemed?.hasTokens || (claim && claim.fate !== 'answered' && claim.fate !== 'throttled')) return [];
    if (redeemed) return [`request ${number} was redeemed, and its client has no tokens`];
    const lost = polls.find(
      ({ invocation, answer }) =>
        invocation.startedAt > countsFrom &&
        !invocation.isDisturbed &&
        !['lost_redemption_race', 'tokens_are_pushed'].includes(answer) &&
        invocation.startedClock < expiresAt + redemptionGrace(request.intervalSeconds) - MARGIN_SECONDS,
    );
    return lost ? [`request ${number} is approved, and its client was told: ${lost.answer}`] : [];
  });
}

/** Since when an approval counts for those who were told of it. */
function approvedAt({ numberMatching, numbers, accepted }: RequestStory): number | undefined {
  if (numberMatching === 'client_enters') return numbers.find(({ said }) => said === 'accepted')?.endedAt;
  return accepted.find(({ decision }) => decision === 'approve')?.at;
}
