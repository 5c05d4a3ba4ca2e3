import { isLongLived } from '../../../core/asking/rate-window.ts';
import { describeScopes } from '../../../core/asking/scope.ts';
import { devicesThatReach } from '../../../core/deciding/acr.ts';
import { type FrozenDetails, freezeDetails } from '../../../core/deciding/shown-details.ts';
import { reachable } from '../../../core/device/device.ts';
import { notedPushes } from '../../../core/device/push-error.ts';
import { ok, type Result, refuse } from '../../../core/result.ts';
import type { ClientCall } from '../../client/authentication/method.ts';
import { markUnreachable } from '../../device/mark-unreachable.ts';
import type { Devices, PushOutcome, PushSender } from '../../device/ports.ts';
import type { Announcements } from '../../notifying/ports.ts';
import type { AuditLog, Clock, Entropy, Settings } from '../../ports.ts';
import type { AuthenticationRequests, OpenQuestions, OpenRequests, RateWindows } from '../ports.ts';
import { announceInstead, announceReminder, watchExpiry } from './announce-instead.ts';
import {
  type Askable,
  type AuthenticationRequestAcknowledgement,
  type DraftRequest,
  draftRequest,
  PUSH_OUT,
} from './new-request.ts';
import { closeAttempt } from './open-attempt.ts';

/** What this step needs. */
export type StoreAndPushPorts = {
  readonly requests: AuthenticationRequests;
  readonly announcements: Announcements;
  readonly devices: Pick<Devices, 'markUnreachable'>;
  readonly push: PushSender;
  readonly audit: AuditLog;
  readonly rateWindows: RateWindows;
  readonly openRequests: OpenRequests;
  readonly openQuestions: OpenQuestions;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
};

/** What this step needs of the client's call. */
type Call = Pick<ClientCall, 'note' | 'correlationId'>;

/** Freezes the details, stores the request and pushes to the phones that could approve it. */
export async function storeAndPush(
  ports: StoreAndPushPorts,
  askable: Askable,
  call: Call,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { client, asked, target, block } = askable;
  const { request, notification, number, acknowledgement } = draftRequest(ports, askable, call.note);
  const { requestId, expiresAt, issuedAt } = request;
  const details = freeze(askable, { issuer: ports.settings.issuer, requestId, expiresAt });
  const isAfterDenial = block && block.denials > 0 && !block.report && ports.settings.denialPause ? true : undefined;
  const { isSynthetic } = client;
  const isOnlyOne = askable.opened && true;
  const marks = { isAfterDenial, isOnlyOne, questionId: askable.question?.id, isSynthetic } as const;
  const rung = devicesThatReach(reachable(target.devices), asked.acrValues);
  const devicesRung = rung.length;
  await ports.requests.create({ request, asked, details, notification, number, devicesRung, ...marks });
  const message = { type: 'authentication_request', requestId, expiresAt } as const;
  const [outcomes, watched] = await Promise.all([
    ports.push.send(rung, message, issuedAt),
    watchExpiry(ports, { client, requestId, correlationId: call.correlationId }),
    announceReminder(ports, { ...call, request }),
  ]);
  if (!watched.ok) {
    await giveBack(ports, askable);
    return watched;
  }
  const pushed = await judgePushes(ports, outcomes, { askable, request, call });
  return pushed.ok ? ok(acknowledgement) : pushed;
}

function freeze(
  { client, wanted, asked, target }: Askable,
  facts: { issuer: string; requestId: string; expiresAt: number },
): FrozenDetails {
  return freezeDetails({
    ...facts,
    ...asked,
    clientName: client.name,
    sub: target.user.sub,
    bindingMessage: wanted.bindingMessage,
    scopes: describeScopes(asked.scopes, client.scopeDescriptions),
  });
}

/**
 * Judges the outcomes of the pushes. One accepted push is enough. Without any, the request is stored as failed before
 * the client is refused, and uses up no limit of the user.
 */
async function judgePushes(
  ports: StoreAndPushPorts,
  outcomes: readonly PushOutcome[],
  { askable, request, call }: { askable: Askable; request: DraftRequest['request']; call: Call },
): Promise<Result<true>> {
  const { settings } = ports;
  const { note, correlationId } = call;
  const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
  note({ devices: outcomes.length, accepted, ...notedPushes(outcomes) });
  const dead = outcomes.filter((one) => one.outcome === 'unreachable');
  const mark = () => dead.map(({ device }) => markUnreachable(ports, device));
  if (accepted > 0) {
    // The phones are ringing, so a failed write here must not become an error. The next push finds the same dead
    // endpoints.
    await Promise.allSettled(mark());
    return ok(true);
  }
  const refusal =
    dead.length === outcomes.length ? ({ reason: 'no_reachable_device', devices: outcomes.length } as const) : PUSH_OUT;
  if (settings.concealsUsers) {
    // The request stays pending, like every other one. A phone that asks by itself can still answer it.
    note({ concealed: refusal.reason });
    const { client } = askable;
    const announced =
      client.deliveryMode === 'push'
        ? ok<true>(true)
        : announceInstead(ports, { client, requestId: request.requestId, correlationId });
    await Promise.allSettled([announced, ...mark(), giveBack(ports, askable)]);
    return announced;
  }
  await ports.requests.recordUnreached(request.requestId);
  await Promise.all([...mark(), giveBack(ports, askable)]);
  return refuse(refusal);
}

/** Takes the attempt back, because no phone rang. If that fails, it stays counted. */
async function giveBack(ports: StoreAndPushPorts, askable: Askable): Promise<void> {
  const { target, wanted, countedAt } = askable;
  const attempt = { sub: target.user.sub, isLong: isLongLived(wanted.expiresInSeconds) };
  await Promise.allSettled([
    countedAt !== undefined && ports.rateWindows.giveBack(attempt, countedAt),
    closeAttempt(ports, askable),
  ]);
}
