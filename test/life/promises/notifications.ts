import { redemptionGrace } from '../../../provider/core/deciding/redemption-grace.ts';
import type { RequestStory } from '../world/history.ts';
import type { World } from '../world/world.ts';

/** How long before its last chance an endpoint must be healthy at the latest, in seconds: one longest pause and a bit. */
const MARGIN_SECONDS = 45;

/**
 * No notification is lost: at the end, with the queue drained and the endpoint healthy, the client knows how its request
 * ended. A ping comes only after a decision of a person (CIBA §10.2), and not after something took the approval back;
 * those clients poll. Any answer of an endpoint ends a ping (CIBA §10.2). A client that is removed, or whose id another
 * one has, is told nothing.
 */
export function notificationLost(world: World): readonly string[] {
  const { history } = world;
  if (history.attempts.some(({ what }) => what === 'client removed')) return [];
  return history.requests.flatMap((request) => {
    const client = world.client(request.clientId);
    if (!client || request.authReqId === undefined) return [];
    const isTold = request.deliveries.some(({ status }) => status === 204 || client.mode === 'ping');
    if (isTold || client.mode === 'poll') return [];
    const lost = client.mode === 'push' ? !isFailed(request) : needsPing(request, history.calmAt);
    return lost ? [`the client of request ${request.number} was never told of its end`] : [];
  });
}

/** The client whose request failed because no phone rang heard so at once, and so did a client that withdrew it. */
function isFailed({ commits, withdrawals }: RequestStory): boolean {
  const last = commits.at(-1);
  const isWithdrawn = withdrawals.length > 0;
  return last?.to === 'failed' && (isWithdrawn || !commits.some(({ to }) => to === 'approved'));
}

function needsPing({ commits, expiresAt, intervalSeconds }: RequestStory, calmAt: number): boolean {
  const decided = commits.find(({ to }) => to === 'approved' || to === 'denied');
  if (!decided || commits.some(({ to }) => to === 'redeemed' || to === 'failed')) return false;
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
      const isDecided = known.some((state) => state !== 'pending') || isSilent;
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
