import { windowsAt } from '../../../provider/core/asking/rate-window.ts';
import { SETTINGS } from '../world/cast.ts';
import { Outage } from '../world/dynamodb-client.ts';
import type { Ring } from '../world/history.ts';
import type { World } from '../world/world.ts';

/**
 * No more requests ring than the limits of a person allow, in a minute and in an hour. A ring whose answer was lost is
 * not counted: the provider can't know that the phone rang, and gives the attempt back.
 */
export function tooManyRings({ history }: World): readonly string[] {
  const limits = SETTINGS.userLimits;
  if (!limits) return [];
  const known = history.rings.filter(({ invocation }) => invocation && !invocation.isDisturbed);
  return ['ana', 'ben'].flatMap((sub) => {
    const own = known.filter(({ requestId }) => history.find(requestId)?.sub === sub);
    const byMinute = most(own, (ring) => windowsAt(askedAt(ring)).minute);
    const byHour = most(own, (ring) => windowsAt(askedAt(ring)).hour);
    return byMinute > limits.perMinute || byHour > limits.perHour
      ? [`${sub} was rung for ${byMinute} requests in a minute, and ${byHour} in an hour`]
      : [];
  });
}

/** A request counts in the window in which it was asked: when the client was known, and the person was looked up. */
const askedAt = ({ invocation, clock }: Ring): number =>
  invocation?.calls.find(({ kind }) => kind === 'GetItem LOGIN')?.clock ?? clock;

function most(rings: readonly Ring[], windowOf: (ring: Ring) => number): number {
  const windows = Map.groupBy(rings, windowOf).values();
  return Math.max(0, ...[...windows].map((one) => new Set(one.map(({ requestId }) => requestId)).size));
}

/** Nothing breaks by itself: where no call of AWS failed, no function ends with a fault. */
export function brokeByItself({ history }: World): readonly string[] {
  return history.faults
    .filter(({ error, invocation }) => !invocation.isDisturbed || !(error instanceof Outage))
    .map(({ error, invocation }) => `${invocation.title} broke: ${error instanceof Error ? error.message : error}`);
}
