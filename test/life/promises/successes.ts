import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';
import type { Delivery, PollAnswer, RequestStory } from '../world/history.ts';
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

/** Never two decisions: phones are not told both that their approval and that their denial holds. */
export function twoDecisions({ history }: World): readonly string[] {
  return history.requests
    .filter(({ accepted }) => new Set(accepted.map(({ decision }) => decision)).size > 1)
    .map(({ number }) => `phones were told of request ${number} that it is approved, and that it is denied`);
}

/** States only go forward, and each change is one that the life of a request has. */
export function statesGoBack({ history }: World): readonly string[] {
  const next: Readonly<Record<string, readonly string[]>> = {
    pending: ['awaiting_number', 'approved', 'denied', 'failed'],
    awaiting_number: ['approved', 'denied', 'failed'],
    approved: ['redeemed', 'failed'],
    denied: [],
    failed: [],
    redeemed: [],
  };
  return history.requests.flatMap(({ number, commits }) =>
    commits.slice(1).flatMap(({ to }, index) => {
      const from = commits[index]?.to ?? 'pending';
      return next[from]?.includes(to) ? [] : [`request ${number} went from ${from} to ${to}`];
    }),
  );
}

/** Nothing is decided at or after the end of the request. */
export function decidedTooLate({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, commits, expiresAt }) =>
    commits.some(({ to, clock }) => (to === 'approved' || to === 'denied') && clock >= expiresAt)
      ? [`request ${number} was decided after its end`]
      : [],
  );
}

/** What the client of a request must be told in time: so many seconds before the last moment, at the latest. */
const MARGIN_SECONDS = 10;

/**
 * An approval that a phone was told to hold is not lost: where nothing was taken back, a client that polls in time gets
 * the tokens. The request is redeemed without them only where the answer of that very write was lost.
 */
export function approvalLost({ history }: World): readonly string[] {
  if (history.attempts.length > 0) return [];
  return history.requests.flatMap((request) => {
    const { number, accepted, polls, commits, expiresAt } = request;
    const approval = accepted.find(({ decision }) => decision === 'approve');
    if (!approval || request.withdrawals.length > 0 || successesOf(request).length > 0) return [];
    const redeemed = commits.find(({ to }) => to === 'redeemed');
    const claim = redeemed?.invocation?.calls.find(({ kind }) => kind === 'to redeemed');
    if (redeemed?.hasTokens || (claim && claim.fate !== 'answered' && claim.fate !== 'throttled')) return [];
    if (redeemed) return [`request ${number} was redeemed, and its client has no tokens`];
    const lost = polls.find(
      ({ invocation, answer }) =>
        invocation.startedAt > approval.at &&
        !invocation.isDisturbed &&
        !['lost_redemption_race', 'tokens_are_pushed'].includes(answer) &&
        invocation.startedClock < expiresAt + redemptionGrace(request.intervalSeconds) - MARGIN_SECONDS,
    );
    return lost ? [`request ${number} is approved, and its client was told: ${lost.answer}`] : [];
  });
}
