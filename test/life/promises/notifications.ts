import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';
import { deliverySeconds } from '../../../provider/core/notifying/push-answer.ts';
import type { RequestStory } from '../world/history.ts';
import { ACCESS_TOKEN_SECONDS } from '../world/scene.ts';
import type { World } from '../world/world.ts';

/** How long before its last chance an endpoint must be healthy at the latest, in seconds: one longest pause and a bit. */
const MARGIN_SECONDS = 45;

/**
 * No notification is lost: at the end, with the queue drained and the endpoint healthy, the client knows how its request
 * ended. A ping comes only after a decision of a person (CIBA §10.2), or the last wrong number, and not after something
 * took the approval back; those clients poll. What could not be pushed for too long is a dead letter. Any answer of an
 * endpoint ends a ping (CIBA §10.2). A client that is removed, or whose id another one has, is told nothing.
 */
export function notificationLost(world: World): readonly string[] {
  const { history } = world;
  return history.requests.flatMap((request) => {
    const client = world.client(request.clientId);
    if (!client || request.authReqId === undefined) return [];
    if (history.attemptsAbout(request).some(({ what }) => what === 'client removed')) return [];
    const isTold = request.deliveries.some(({ status }) => status === 204 || client.mode === 'ping');
    if (isTold || client.mode === 'poll') return [];
    const lost =
      client.mode === 'push' ? !isFailed(request) && !isDead(world, request) : needsPing(request, history.calmAt);
    return lost ? [`the client of request ${request.number} was never told of its end`] : [];
  });
}

/** What could not be pushed, because a try failed or the queue was late, is a dead letter. */
function isDead({ history, queue }: World, { requestId, missed, commits }: RequestStory): boolean {
  const letter = queue.deadLetters.find(({ body }) => body.includes(requestId));
  if (!letter) return false;
  const made = commits.find(({ to }) => to === 'redeemed')?.clock ?? Infinity;

  const calls = history.handled
    .filter((one) => one.requestId === requestId)
    .flatMap(({ invocation }) => invocation.calls);
  const hasFailed = missed > 0 || calls.some(({ kind, fate }) => kind === 'send' && fate !== 'answered');
  return hasFailed || letter.at >= made + deliverySeconds(ACCESS_TOKEN_SECONDS);
}

/** The client whose request failed because no phone rang heard so at once, and so did a client that withdrew it. */
function isFailed({ commits, withdrawals }: RequestStory): boolean {
  const last = commits.at(-1);
  if (last?.to !== 'failed' || last.because === 'wrong_number') return false;
  return withdrawals.length > 0 || !commits.some(({ to }) => to === 'approved');
}

function needsPing({ commits, expiresAt, intervalSeconds }: RequestStory, calmAt: number): boolean {
  const last = commits.at(-1);
  const decided = commits.find(({ to, because }) => to === 'approved' || to === 'denied' || because === 'wrong_number');
  if (!decided || last?.to === 'redeemed' || (last?.to === 'failed' && last.because !== 'wrong_number')) return false;
  const until = expiresAt + redemptionGrace(intervalSeconds);
  return until > Math.max(calmAt, decided.clock) + MARGIN_SECONDS;
}

/**
 * A client is not notified a second time unless something went wrong: it had answered, and the call that told it was not
 * disturbed.
 */
export function toldTwice({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, deliveries }) => {
    const answered = deliveries.filter(({ status, invocation }) => status === 204 && !invocation.isDisturbed);
    return answered.length > 1 ? [`the client of request ${number} was told ${answered.length} times`] : [];
  });
}

/** What a client is told is true: tokens and denials only after the decision, an expiry only after the end. */
export function toldWrong({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, deliveries, commits, expiresAt, isSilent }) =>
    deliveries.flatMap(({ kind, body, at, clock }) => {
      const known = commits.filter((commit) => commit.at < at).map(({ to }) => to);
      const isDecided = known.some((state) => state !== 'pending' && state !== 'awaiting_number') || isSilent;
      if (kind === 'tokens' && !known.includes('redeemed'))
        return [`tokens of request ${number} went out before it was redeemed`];
      if (body.includes('expired_token')) {
        const isOver = clock >= expiresAt && !known.some((state) => state === 'approved' || state === 'denied');
        return isOver ? [] : [`the client of request ${number} was told that it expired`];
      }
      return isDecided || clock >= expiresAt ? [] : [`the client of request ${number} was told before its end`];
    }),
  );
}
