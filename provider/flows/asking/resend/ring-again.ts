import { isHidden } from '../../../core/asking/concealment.ts';
import { type AttemptResult, resultOf } from '../../../core/asking/delivery-attempt.ts';
import type { Counted } from '../../../core/asking/rate-window.ts';
import {
  judgeResend,
  nextResendAt,
  RESEND_PAUSE_SECONDS,
  resendLimitsOf,
  ringOf,
} from '../../../core/asking/resend.ts';
import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { notedPushes } from '../../../core/device/push-error.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { ClientCall } from '../../client/authentication/method.ts';
import { markUnreachable } from '../../device/mark-unreachable.ts';
import type { Devices, PushOutcome, PushSender } from '../../device/ports.ts';
import type { Announcements } from '../../notifying/ports.ts';
import type { AuditLog, Clock, Settings } from '../../ports.ts';
import type { RateWindows, RecordedAttempt, RungRequests } from '../ports.ts';
import type { Ringing, Whom } from '../whom-to-ring.ts';

/** What this step needs. */
export type RingAgainPorts = {
  readonly rungRequests: RungRequests;
  readonly rateWindows: Pick<RateWindows, 'countForUser' | 'countSilently' | 'giveBack'>;
  readonly announcements: Announcements;
  readonly devices: Pick<Devices, 'markUnreachable'>;
  readonly push: PushSender;
  readonly audit: AuditLog;
  readonly clock: Clock;
  readonly settings: Settings;
};

type Ring = Ringing & Whom;
type Call = Pick<ClientCall, 'note' | 'correlationId'>;
/** The refusal if SNS accepted no push. The attempt stays counted, so that an outage cannot be used to ring for ever. */
const PUSH_OUT = { reason: 'push_unavailable', retryAfterSeconds: RESEND_PAUSE_SECONDS } as const;

/**
 * Counts the resend, in the request and in the windows of the person, then rings. One conditional write on the request
 * decides between two resends at once, and between a resend and a decision. An approval that waits for a number is none
 * for it: what the write returns says whether there is one, and then nobody rings. Where nobody is to ring, the same
 * number of calls is made in the same order.
 */
export async function ringAgain(
  ports: RingAgainPorts,
  ring: Ring,
  call: Call,
): Promise<Result<{ request: RequestFacts }>> {
  const { client, now } = ring;
  const limits = resendLimitsOf(ports.settings.clientLimits);
  const [recorded, counted] = await Promise.all([
    ports.rungRequests.recordResend({ request: ring.request, now, limits }),
    countForPerson(ports, ring),
  ]);
  if (!recorded.recorded) {
    if (counted?.allowed) await giveBack(ports, ring);
    const judged = judgeResend(recorded.stored, client, now, { limits });
    // Only a request that was read before can seem to allow it: another call takes its resend back at this moment.
    return judged.ok ? refuse({ reason: 'resend_too_soon', retryAfterSeconds: 1 }) : judged;
  }
  const { request, place } = recorded;
  const { requestId } = request;
  const settled = { request, attempt: { requestId, attempt: { kind: 'resend', at: now }, place }, call } as const;
  if (counted?.allowed === false && !client.isSynthetic) {
    const refusal = { reason: 'user_rate_limited', retryAfterSeconds: counted.retryAfterSeconds } as const;
    if (!isHidden(refusal, ports.settings)) {
      await ports.rungRequests.takeBackResend({ ...settled.attempt, nextResendAt: nextResendAt(ring.request, limits) });
      return refuse(refusal);
    }
    return settle(ports, { ...ring, rung: [], silence: refusal.reason }, settled);
  }
  const isApprovedSince = request.state === 'awaiting_number' && ring.silence === undefined;
  return settle(ports, isApprovedSince ? { ...ring, rung: [], silence: 'awaiting_number' } : ring, settled);
}

/** Counts the resend for the person. A client that they reported uses up no limit of theirs, but meets the same one. */
async function countForPerson({ settings, rateWindows }: RingAgainPorts, ring: Ring): Promise<Counted | undefined> {
  const { userLimits } = settings;
  const attempt = ringOf(ring.request);
  if (!userLimits) return undefined;
  return ring.silence === 'reported'
    ? rateWindows.countSilently({ ...attempt, clientId: ring.client.clientId }, userLimits, ring.now)
    : rateWindows.countForUser(attempt, userLimits, ring.now);
}

/** Rings the phones, or does as much where nobody rings, and records what came of it. */
async function settle(
  ports: RingAgainPorts,
  ring: Ring,
  { request, attempt, call }: { request: RequestFacts; attempt: RecordedAttempt; call: Call },
): Promise<Result<{ request: RequestFacts }>> {
  const outcomes = ring.silence === undefined ? await pushAgain(ports, ring) : undefined;
  const isAnnounced = outcomes === undefined && (await announceInstead(ports, ring, call));
  const result: AttemptResult = outcomes ? resultOf(outcomes) : { devices: 0, accepted: 0 };
  noteRinging(ring, { outcomes, result, call });
  const isAccepted = result.accepted > 0 || isAnnounced;
  const dead = (outcomes ?? []).filter((one) => one.outcome === 'unreachable');
  // The phones are ringing or not by now, so a write that fails here must not become an error.
  await Promise.allSettled([
    ports.rungRequests.recordResult({ ...attempt, result }),
    ...dead.map(({ device }) => markUnreachable(ports, device)),
    ...(isAccepted ? [] : [giveBack(ports, ring)]),
  ]);
  if (isAccepted) return ok({ request });
  const areDead = outcomes !== undefined && dead.length === outcomes.length;
  const refusal = areDead ? ({ reason: 'no_reachable_device', devices: dead.length } as const) : PUSH_OUT;
  return isHidden(refusal, ports.settings) ? ok({ request }) : refuse(refusal);
}

function pushAgain({ push }: RingAgainPorts, { rung, request, now }: Ring): Promise<readonly PushOutcome[]> {
  const { requestId, expiresAt } = request;
  return push.send(rung, { type: 'authentication_request', requestId, expiresAt }, now);
}

/** Announces the request in place of a push. The message leads to nothing: nothing is decided. */
async function announceInstead(
  { announcements }: RingAgainPorts,
  { client: { clientId }, request: { requestId } }: Ring,
  { correlationId }: Call,
): Promise<boolean> {
  const [announced] = await Promise.allSettled([announcements.announce({ requestId, clientId, correlationId })]);
  return announced.status === 'fulfilled';
}

function noteRinging(
  { silence }: Ring,
  { outcomes, result, call }: { outcomes: readonly PushOutcome[] | undefined; result: AttemptResult; call: Call },
): void {
  if (outcomes) call.note({ devices: result.devices, accepted: result.accepted, ...notedPushes(outcomes) });
  else if (silence === 'reported') call.note({ reported: true });
  else if (silence === 'nobody_asked' || silence === 'awaiting_number') call.note({ detail: silence });
  else call.note({ concealed: silence });
}

/** Takes the resend out of the person's window, because no phone rang. If that fails, it stays counted. */
async function giveBack({ settings, rateWindows }: RingAgainPorts, { request, now, silence }: Ring): Promise<void> {
  if (!settings.userLimits || silence === 'reported') return;
  await Promise.allSettled([rateWindows.giveBack(ringOf(request), now)]);
}
