import { windowsAt } from '../../../provider/core/asking/rate-window.ts';
import { Outage } from '../world/dynamodb-client.ts';
import type { Ring } from '../world/history.ts';
import type { Invocation } from '../world/invocation.ts';
import { USER_LIMITS } from '../world/scene.ts';
import type { World } from '../world/world.ts';

/**
 * Phones do not ring more often than the limits of a person allow, in a minute and in an hour: with requests, resends and
 * reminders together. A ring whose answer was lost is not counted: the provider can't know that the phone rang, and
 * gives the attempt back.
 */
export function tooManyRings({ history }: World): readonly string[] {
  const known = history.rings.filter(({ invocation }) => invocation && !invocation.isDisturbed);
  return ['ana', 'ben'].flatMap((sub) => {
    const own = known.filter(({ requestId }) => history.find(requestId)?.sub === sub);
    const byMinute = most(own, (ring) => windowsAt(countedAt(ring)).minute);
    const byHour = most(own, (ring) => windowsAt(countedAt(ring)).hour);
    return byMinute > USER_LIMITS.perMinute || byHour > USER_LIMITS.perHour
      ? [`${sub} was rung ${byMinute} times in a minute, and ${byHour} times in an hour`]
      : [];
  });
}

/**
 * The instant of the window in which a ring counts: when a call that asks looked the person up, and when a resend or a
 * reminder had read the request.
 */
function countedAt({ invocation, clock }: Ring): number {
  const calls = invocation?.calls ?? [];
  const read = calls.findIndex(({ kind }) => kind === 'GetItem REQUEST');
  const asked = calls.find(({ kind }) => kind === 'GetItem LOGIN');
  return (asked ?? calls[read + 1])?.clock ?? clock;
}

function most(rings: readonly Ring[], windowOf: (ring: Ring) => number): number {
  const windows = Map.groupBy(rings, windowOf).values();
  return Math.max(
    0,
    ...[...windows].map((one) => new Set<Invocation | undefined>(one.map(({ invocation }) => invocation)).size),
  );
}

/** Nothing breaks by itself: where no call of AWS failed, no function ends with a fault. */
export function brokeByItself({ history }: World): readonly string[] {
  return history.faults
    .filter(({ error, invocation }) => !invocation.isDisturbed || !(error instanceof Outage))
    .map(({ error, invocation }) => `${invocation.title} broke: ${error instanceof Error ? error.message : error}`);
}
