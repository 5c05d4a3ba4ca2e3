import { NUMBER_TRIES } from '../../../provider/core/deciding/number-matching.ts';
import type { Commit, EnteredNumber, RequestStory } from '../world/history.ts';
import type { World } from '../world/world.ts';
import { successesOf } from './successes.ts';

// What number matching promises (docs/number-matching.md).

const isWrong = ({ said }: EnteredNumber): boolean => said === 'wrong_number';

/**
 * No approval counts before the right number was entered: by the phone with the approval, or by the client after it. The
 * call that made the approval count is the one that entered the number.
 */
export function countsWithoutNumber({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, numberMatching, numbers, rightNumber, commits }) => {
    const approved = commits.find(({ to }) => to === 'approved');
    if (!numberMatching || !approved) return [];
    const by = numberMatching === 'phone_enters' ? 'phone' : 'client';
    const isEntered = numbers.some(
      (one) => one.by === by && one.invocation === approved.invocation && one.number === rightNumber,
    );
    return isEntered ? [] : [`request ${number} was approved without its number`];
  });
}

/**
 * A wrong number of a client is never accepted, and the right one is never called wrong. A phone that approves again is
 * told that its first approval holds, whatever its user typed the second time.
 */
export function judgedWrongly({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, numbers, rightNumber, commits }) => {
    const shownFrom = commits.find(({ to }) => to === 'awaiting_number')?.at ?? 0;
    const isWronglyJudged = (one: EnteredNumber) =>
      one.number === rightNumber
        ? isWrong(one) && one.startedAt > shownFrom
        : one.said === 'accepted' && one.by === 'client';
    return numbers
      .filter(isWronglyJudged)
      .map((one) => `the number ${one.number} of request ${number} was judged wrongly: ${one.said}`);
  });
}

/**
 * Three wrong numbers end the request for good: each is told how many attempts are left, no two the same, and after the
 * last one there is neither a success nor a number that is accepted.
 */
export function wrongNumbersUncounted({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const { number, numbers, commits } = request;
    const wrong = numbers.filter(isWrong);
    const left = wrong.map(({ attemptsLeft }) => attemptsLeft);
    if (new Set(left).size < left.length) return [`two wrong numbers of request ${number} counted as one`];
    if (wrong.length > NUMBER_TRIES) return [`request ${number} allowed ${wrong.length} wrong numbers`];
    const last = wrong.find(({ attemptsLeft }) => attemptsLeft === 0);
    const isEnded = commits.some(({ because }) => because === 'wrong_number');
    if ((last || wrong.length === NUMBER_TRIES) && !isEnded) return [`wrong numbers did not end request ${number}`];
    const later = numbers.some(({ said, startedAt }) => said === 'accepted' && startedAt > (last?.endedAt ?? Infinity));
    return isEnded && (later || successesOf(request).length > 0)
      ? [`request ${number} went on after its last wrong number`]
      : [];
  });
}

/** How long an approval waited for its number. */
type Wait = { readonly from: Commit; readonly until: Commit | undefined };

function waitOf({ commits }: RequestStory): Wait | undefined {
  const place = commits.findIndex(({ to }) => to === 'awaiting_number');
  const from = commits[place];
  return from && { from, until: commits[place + 1] };
}

/** What a client may be told while an approval waits for its number: as before it. */
const NOT_TOLD = ['authorization_pending', 'polled_too_fast', 'request_expired', 'server_error', 'tokens_are_pushed'];

/** While an approval waits for its number, the token endpoint says `authorization_pending`, or that it is over. */
export function tellsOfApproval({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const wait = waitOf(request);
    if (!wait || history.attemptsAbout(request).some(({ what }) => what === 'client removed')) return [];
    const { from, until } = wait;
    const meanwhile = request.polls.filter(
      ({ invocation, endedAt }) => invocation.startedAt > from.at && endedAt < (until?.at ?? Infinity),
    );
    return meanwhile
      .filter(({ answer }) => !NOT_TOLD.includes(answer))
      .map(({ answer }) => `while request ${request.number} waited for its number, its client was told: ${answer}`);
  });
}

/** While an approval waits for its number, any phone of the person may still deny. */
export function cannotDeny({ history }: World): readonly string[] {
  return history.requests.flatMap((request) => {
    const wait = waitOf(request);
    if (!wait || history.attemptsAbout(request).length > 0) return [];
    const { until } = wait;
    const refused = request.answers.filter(
      ({ decision, said, invocation, at, clock }) =>
        decision === 'deny' &&
        said !== 'accepted' &&
        !invocation.isDisturbed &&
        invocation.startedAt > wait.from.at &&
        at < (until?.at ?? Infinity) &&
        clock < request.expiresAt,
    );
    return refused.map(({ deviceId, said }) => `${deviceId} could not deny request ${request.number}: ${said}`);
  });
}
