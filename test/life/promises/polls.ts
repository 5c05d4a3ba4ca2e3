import { firstInterval } from '../../../provider/core/deciding/interval.ts';
import type { PollAnswer, RequestStory } from '../world/history.ts';
import type { World } from '../world/world.ts';
import { issuedAt } from './successes.ts';

const WAITING = ['authorization_pending', 'polled_too_fast'];
const ENDS = [
  'tokens',
  'already_redeemed',
  'lost_redemption_race',
  'denied_by_user',
  'client_reported',
  'request_failed',
  'withdrawn_by_client',
  'wrong_numbers',
  'approval_taken_back',
  'request_expired',
  'approval_not_redeemed_in_time',
];

/**
 * Poll answers only go forward: whoever was told an end is not told later to wait, and gets no tokens either. One
 * exception is known: a decision whose write was on its way at the end of the request may take place a moment after it,
 * when its client was told of the expiry. A client that polls again gets what the person decided.
 */
export function answersGoBack({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const [first] = request.polls
      .filter(({ answer }) => ENDS.includes(answer))
      .sort((one, other) => one.endedAt - other.endedAt);
    if (!first || (first.answer === 'request_expired' && isDecidedAtTheEnd(request, first.endedAt))) return [];
    const later = request.polls.filter(({ invocation }) => invocation.startedAt > first.endedAt);
    return later
      .filter(({ answer }) => WAITING.includes(answer) || answer === 'tokens')
      .map(({ answer }) => `the client of request ${request.number} was told ${first.answer}, and then ${answer}`);
  });
}

function isDecidedAtTheEnd({ commits, expiresAt }: RequestStory, place: number): boolean {
  return commits.some((commit) => commit.to === 'approved' && commit.at > place && issuedAt(commit) < expiresAt);
}

/** Nobody is told to wait for a request that has ended: at its expiry at the latest. */
export function waitsForTheEnd({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, polls, expiresAt }) =>
    polls
      .filter(({ answer, invocation }) => WAITING.includes(answer) && invocation.startedClock >= expiresAt)
      .map(({ answer }) => `the client of request ${number} was told ${answer} after its end`),
  );
}

/** Two polls within the interval are not both told `authorization_pending` (CIBA §7.3, §11). */
export function polledTooFast({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const waited = request.polls.filter(({ answer }) => answer === 'authorization_pending');
    return waited.flatMap((one) =>
      waited
        .filter((other) => other.invocation.startedAt > one.endedAt)
        .filter((other) => other.endedClock < one.invocation.startedClock + intervalBefore(request, one))
        .map(() => `two polls for request ${request.number} were too near to each other`),
    );
  });
}

/** The interval that the client knew: at least the one of the last `slow_down` before. */
function intervalBefore({ polls, issuedAt, expiresAt }: RequestStory, one: PollAnswer): number {
  const first = firstInterval(expiresAt - issuedAt, { intervalSeconds: 5 });
  const known = polls.filter(({ endedAt }) => endedAt < one.invocation.startedAt);
  return Math.max(first, ...known.map(({ interval }) => interval ?? first));
}

/** The interval of a request never shrinks, and each `slow_down` makes it longer (CIBA §11). */
export function intervalShrinks({ history }: World): readonly string[] {
  const told = history.requests.flatMap(({ number, polls }) => {
    const slowed = polls.filter(({ interval }) => interval !== undefined);
    return slowed.flatMap((one) =>
      slowed
        .filter((other) => other.invocation.startedAt > one.endedAt && (other.interval ?? 0) <= (one.interval ?? 0))
        .map((other) => `the interval of request ${number} went from ${one.interval} s to ${other.interval} s`),
    );
  });
  return [...history.wrong, ...told];
}
