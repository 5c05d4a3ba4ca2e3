import { MOST_REMINDERS, reminderAt } from '../../../provider/core/asking/reminder.ts';
import { MOST_RESENDS, RESEND_PAUSE_SECONDS } from '../../../provider/core/asking/resend.ts';
import type { ListedAttempt, RequestStory, Ring } from '../world/history.ts';
import type { World } from '../world/world.ts';

// What resends and reminders promise (docs/resend.md).

const ringsOf = ({ history }: World, { requestId }: RequestStory): readonly Ring[] =>
  history.rings.filter((ring) => ring.requestId === requestId);

const listedBy = ({ attempts }: RequestStory, { invocation }: Pick<Ring, 'invocation'>): ListedAttempt | undefined =>
  attempts.find((one) => one.invocation === invocation);

/** A resend never makes a second request: only calls that ask make one. */
export function resendAsks({ history }: World): readonly string[] {
  return history.requests
    .filter(({ commits }) => !history.asks.some(({ invocation }) => invocation === commits[0]?.invocation))
    .map(({ number }) => `request ${number} was not made by a call that asks`);
}

/** A request has its phones rung again three times at most, each time after a pause, and its client is told how often. */
export function resendsUnbounded({ history }: World): readonly string[] {
  return history.requests.flatMap(({ number, attempts, resends, issuedAt }) => {
    const done = resends.filter(({ said }) => said === 'done');
    if (done.length > MOST_RESENDS) return [`the phones of request ${number} were rung again ${done.length} times`];
    const left = done.map(({ resendsLeft }) => resendsLeft);
    if (new Set(left).size < left.length) return [`two resends of request ${number} counted as one`];
    const began = attempts.filter(({ kind }) => kind === 'resend').map((one) => one.began);
    const isTooSoon = began.some((at, index) => {
      const before = index === 0 ? issuedAt : Math.max(...began.slice(0, index));
      // One that is taken back leaves no pause behind.
      return at < before + RESEND_PAUSE_SECONDS && done.length === began.length;
    });
    return isTooSoon ? [`the phones of request ${number} were rung again too soon`] : [];
  });
}

/**
 * Phones are rung again only for a request that is open, and only after the attempt was listed. The instant of the attempt
 * is that of its call, whose writes may take a moment.
 */
export function ringsWithoutReason(world: World): readonly string[] {
  return world.history.requests.flatMap((request) => {
    const isFirst = ({ invocation }: Ring) => invocation === request.commits[0]?.invocation;
    const again = ringsOf(world, request).filter((ring) => !isFirst(ring));
    return again.flatMap((ring) => {
      const listed = listedBy(request, ring);
      if (!listed || listed.at > ring.at)
        return [`request ${request.number} rang ${ring.deviceId}, and no attempt is listed`];
      if (ring.isReminder !== (listed.kind === 'reminder'))
        return [`an attempt of request ${request.number} has another kind`];
      const isOpen = listed.state === 'pending' && listed.began < request.expiresAt;
      return isOpen ? [] : [`request ${request.number} rang ${ring.deviceId} although it was ${listed.state}`];
    });
  });
}

/** A reminder comes once, near the end. It is tried again only where something went wrong. */
export function remindedTwice(world: World): readonly string[] {
  return world.history.requests.flatMap((request) => {
    const { number, attempts } = request;
    const rings = ringsOf(world, request).filter(({ isReminder }) => isReminder);
    const calls = new Set(rings.map(({ invocation }) => invocation));
    const clean = [...calls].filter((invocation) => invocation && !invocation.isDisturbed);
    if (clean.length > 1) return [`the phones of request ${number} were reminded ${clean.length} times`];
    const tries = attempts.filter(({ kind }) => kind === 'reminder');
    if (tries.length > MOST_REMINDERS) return [`the phones of request ${number} were reminded ${tries.length} times`];
    const due = reminderAt(request);
    const isEarly = rings.some(({ clock }) => due === undefined || clock < due);
    return isEarly ? [`the phones of request ${number} were reminded too early`] : [];
  });
}

/** The most rings of a person in a run for which no limit can be reached. */
const FEW_CALLS = 3;

/**
 * A reminder is not lost: a long request that waits until its end reminds its phones, where the queue was in time, no
 * call about it went wrong, nothing was taken back, and no limit can have been reached.
 */
export function reminderLost(world: World): readonly string[] {
  const { history } = world;
  return history.requests.flatMap((request) => {
    const { number, commits, sub, requestId, isSilent, isConcealed } = request;
    const due = reminderAt(request);
    const isOpen = commits.length === 1 && !isSilent && !isConcealed && request.authReqId !== undefined;
    if (due === undefined || due < history.calmAt || !isOpen || history.attemptsAbout(request).length > 0) return [];
    const asks = history.asks.filter((one) => one.sub === sub).length;
    const resends = history.requests.filter((one) => one.sub === sub).flatMap((one) => one.resends).length;
    const handled = history.handled.filter((one) => one.requestId === requestId && one.isReminder);
    const wentWrong =
      commits[0]?.invocation?.isDisturbed ||
      handled.some(({ invocation }) => invocation.isDisturbed) ||
      handled.some(({ said }) => said === 'server_error');
    if (wentWrong || asks + resends > FEW_CALLS || world.scene.hasPauses) return [];
    const isReminded = ringsOf(world, request).some(({ isReminder }) => isReminder);
    return isReminded ? [] : [`the phones of request ${number} were not reminded`];
  });
}

/** What the table lists of an attempt. */
type Told = { readonly kind: string; readonly at: number; readonly devices?: number; readonly accepted?: number };

/** Each attempt to ring is told: it is listed, with how many phones it rang, where its call was not disturbed. */
export function attemptUntold(world: World): readonly string[] {
  return world.history.requests.flatMap((request) => {
    const told = listOf(world, request);
    const rings = ringsOf(world, request);
    return request.attempts.flatMap((one) => {
      const { kind, began, invocation } = one;
      const rung = rings.filter((ring) => ring.invocation === invocation).length;
      if (!invocation || (invocation.isDisturbed && rung === 0)) return [];
      const isSame = (other: { readonly kind: string }, at: number) => other.kind === kind && at === began;
      const found = told.find((listed) => isSame(listed, listed.at));
      // Those of the same second look alike, so it is known only that one of them was taken back.
      const listed = told.filter((other) => isSame(other, other.at)).length;
      const made = request.attempts.filter((other) => isSame(other, other.began)).length;
      const isTakenBack = rung === 0 && listed < made;
      const isTrue = invocation.isDisturbed ? found : found?.accepted === rung;
      return isTakenBack || isTrue
        ? []
        : [`a ${kind} of request ${request.number} rang ${rung} phones, and is not told so`];
    });
  });
}

function listOf({ engine }: World, { requestId }: RequestStory): readonly Told[] {
  const Key = { pk: { S: `REQUEST#${requestId}` }, sk: { S: 'REQUEST' } };
  const { Item } = engine.get({ TableName: 'Transactions', Key });
  const number = (value: { readonly N?: string | undefined } | undefined) =>
    value?.N === undefined ? {} : { value: Number(value.N) };
  return (Item?.['attempts']?.L ?? []).map(({ M = {} }) => {
    const { value: devices } = number(M['devices']);
    const { value: accepted } = number(M['accepted']);
    return {
      kind: M['kind']?.S ?? '',
      at: Number(M['at']?.N),
      ...(devices !== undefined && { devices }),
      ...(accepted !== undefined && { accepted }),
    };
  });
}
