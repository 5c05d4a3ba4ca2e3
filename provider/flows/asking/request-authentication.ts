import { checkAskable, checkNamed, type NamedUser } from '../../core/asking/askable.ts';
import { checkAsked } from '../../core/asking/asked.ts';
import { parseBackchannelRequest } from '../../core/asking/backchannel-request.ts';
import { type Concealed, isAboutPeople, nobodyNamed } from '../../core/asking/concealment.ts';
import { limitsOf } from '../../core/asking/rate-window.ts';
import { describeScopes } from '../../core/asking/scope.ts';
import { type Client, checkGrantAllowed } from '../../core/client/client.ts';
import { type FrozenDetails, freezeDetails } from '../../core/deciding/shown-details.ts';
import { reachable } from '../../core/device/device.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { blockOf, pauseLeft } from '../../core/person/client-block.ts';
import type { Refusal } from '../../core/refusal.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { markUnreachable } from '../device/mark-unreachable.ts';
import type { Devices, PushOutcome, PushSender } from '../device/ports.ts';
import type { People } from '../person/ports.ts';
import { findUserWithDevices } from '../person/user-with-devices.ts';
import type { AuditLog } from '../ports.ts';
import type { OpenRequest, QuestionTo } from './ports.ts';
import { announceInstead } from './request/announce-instead.ts';
import { askNobody } from './request/ask-nobody.ts';
import { type AskSilentlyPorts, askSilently } from './request/ask-silently.ts';
import {
  type Askable,
  type AuthenticationRequestAcknowledgement,
  type DraftRequest,
  draftRequest,
  PUSH_OUT,
} from './request/new-request.ts';
import { closeAttempt, openAttempt } from './request/open-attempt.ts';

/** What this flow needs. */
export type RequestAuthenticationPorts = ClientAuthenticationPorts &
  AskSilentlyPorts & {
    readonly people: People;
    readonly devices: Devices;
    readonly push: PushSender;
    readonly audit: AuditLog;
  };

/** The user whom the client may ask. */
type Target = Pick<Askable, 'target' | 'block' | 'countedAt' | 'opened' | 'question'>;
/** What the steps need of the client's call. */
type Call = Pick<ClientCall, 'note' | 'correlationId'>;
/** A client's attempt to ask a user. */
type Attempt = Pick<Askable, 'client' | 'wanted' | 'askedAt'>;

/**
 * Handles a client's request to authenticate a user (CIBA §7): authenticates the client, reads the parameters, finds
 * the user, counts the attempt, stores the request, pushes, and answers. The answer is a success only if SNS accepted
 * the push for at least one device, or if one of the devices asks for requests by itself. A client never waits for a
 * phone that cannot ring, with two exceptions: if the user reported it for fraud, and if users are concealed, it may wait
 * for nobody.
 */
export async function requestAuthentication(
  ports: RequestAuthenticationPorts,
  call: ClientCall,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const { client } = authenticated.value;
  const allowed = checkGrantAllowed(client, CIBA_GRANT);
  if (!allowed.ok) return allowed;
  const { settings, profile } = ports;
  const policy = { ...settings, profile, names: settings, deliveryMode: client.deliveryMode };
  const wanted = parseBackchannelRequest(call.form, policy);
  if (!wanted.ok) return wanted;
  const asked = checkAsked(wanted.value, client, settings.issuer);
  if (!asked.ok) return asked;
  const attempt = { client, wanted: wanted.value, askedAt: ports.clock() };
  const target = await findAndCount(ports, attempt, call.note);
  if (!target.ok) {
    const { refusal } = target;
    return hides(ports, refusal) ? askNobody(ports, { ...attempt, refusal }, call) : target;
  }
  const askable = { ...attempt, asked: asked.value, ...target.value };
  const { block } = askable;
  return block?.report && settings.blocksReported
    ? askSilently(ports, { ...askable, block }, call)
    : storeAndPush(ports, askable, call);
}

/** Returns whether a refusal is hidden from the client, because it says something about a person. */
function hides({ settings }: RequestAuthenticationPorts, refusal: Refusal): refusal is Concealed {
  return settings.concealsUsers && isAboutPeople(refusal);
}

/**
 * Resolves the hint, then reads the user and counts the attempt in parallel. An attempt over a limit stores nothing.
 * Where users are concealed, the same is done for a hint that names nobody, so that the time tells nothing.
 */
async function findAndCount(
  ports: RequestAuthenticationPorts,
  { client, wanted: { hint, expiresInSeconds, bindingMessage }, askedAt: now }: Attempt,
  note: Call['note'],
): Promise<Result<Target>> {
  const { clientId, onlySub, isSynthetic } = client;
  const { userLimits, clientLimits, denialPause, concealsUsers } = ports.settings;
  const limits = limitsOf(client, clientLimits);
  // With an `iss_sub` hint the user is read first, so that a subject that does not exist leaves no counter behind.
  const [clientLimit, foundBySub, resolved] = await Promise.all([
    limits && ports.rateWindows.countForClient(clientId, limits, now),
    hint.kind === 'sub' ? findUserWithDevices(ports, hint.sub) : undefined,
    hint.kind === 'sub' ? undefined : ports.people.resolve(hint.identifier),
  ]);
  const nobody = concealsUsers ? nobodyNamed(hint).sub : undefined;
  const named: NamedUser = { hint, clientLimit, onlySub, isSynthetic, sub: foundBySub?.user.sub ?? resolved ?? nobody };
  const sub = checkNamed(named);
  if (!sub.ok) return refuseUnasked(ports, { client, refused: sub });
  const attempt = { client, sub: sub.value, expiresAt: now + expiresInSeconds };
  const [found, userLimit, { openSeconds, meetsAnother, ...open }] = await Promise.all([
    hint.kind === 'sub' ? foundBySub : findUserWithDevices(ports, sub.value),
    userLimits ? ports.rateWindows.countForUser(sub.value, userLimits, now) : undefined,
    openAttempt(ports, attempt, now),
  ]);
  if (found) note({ sub: found.user.sub });
  const block = found && blockOf(found.blocks, { client, profileId: found.user.profileId });
  const askable = checkAskable({
    ...named,
    found,
    userLimit,
    openSeconds,
    needsMessage: meetsAnother && bindingMessage === undefined,
    pauseSeconds: pauseLeft(block, denialPause, now),
  });
  const countedAt = userLimit?.allowed ? now : undefined;
  if (!askable.ok) return refuseUnasked(ports, { client, refused: askable, sub: sub.value, countedAt, ...open });
  return ok({ target: askable.value, block, countedAt, ...open });
}

type Refused = Extract<Result<never>, { ok: false }>;

/**
 * Refuses a request for which no phone rings. It uses up no limit of the user, and a client that named an unknown user is
 * counted. If the refusal is hidden from the client, nothing is counted that would later tell how many users were
 * unknown.
 */
async function refuseUnasked(
  ports: RequestAuthenticationPorts,
  attempt: {
    client: Client;
    refused: Refused;
    sub?: string;
    countedAt?: number | undefined;
    opened?: OpenRequest | undefined;
    question?: QuestionTo | undefined;
  },
): Promise<Result<never>> {
  const { rateWindows, settings, clock } = ports;
  const { client, refused, sub, countedAt } = attempt;
  const limits = limitsOf(client, settings.clientLimits);
  const isHidden = hides(ports, refused.refusal);
  const isUnknown = refused.refusal.reason === 'unknown_user' && !isHidden;
  await Promise.all([
    sub !== undefined && countedAt !== undefined && rateWindows.giveBack(sub, countedAt),
    closeAttempt(ports, attempt),
    isUnknown && limits && rateWindows.countUnknownUser(client.clientId, limits, clock()),
  ]);
  return refused;
}

/** Freezes the details, stores the request and pushes to the phones. */
async function storeAndPush(
  ports: RequestAuthenticationPorts,
  askable: Askable,
  call: Call,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { client, asked, target, block } = askable;
  const { request, notification, acknowledgement } = draftRequest(ports, askable, call.note);
  const { requestId, expiresAt, issuedAt } = request;
  const details = freeze(askable, { issuer: ports.settings.issuer, requestId, expiresAt });
  const isAfterDenial = block && block.denials > 0 && !block.report && ports.settings.denialPause ? true : undefined;
  const { isSynthetic } = client;
  const isOnlyOne = askable.opened && true;
  const marks = { isAfterDenial, isOnlyOne, questionId: askable.question?.id, isSynthetic } as const;
  await ports.requests.create({ request, asked, details, notification, ...marks });
  const message = { type: 'authentication_request', requestId, expiresAt } as const;
  const outcomes = await ports.push.send(reachable(target.devices), message, issuedAt);
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
  ports: RequestAuthenticationPorts,
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
    await Promise.allSettled([...mark(), giveBack(ports, askable)]);
    const { requestId, clientId } = request;
    return announceInstead(ports, { requestId, clientId, correlationId });
  }
  await ports.requests.recordFailure(request.requestId);
  await Promise.all([...mark(), giveBack(ports, askable)]);
  return refuse(refusal);
}

/** Takes the attempt back, because no phone rang. If that fails, it stays counted. */
async function giveBack(ports: RequestAuthenticationPorts, askable: Askable): Promise<void> {
  const { target, countedAt } = askable;
  await Promise.allSettled([
    countedAt !== undefined && ports.rateWindows.giveBack(target.user.sub, countedAt),
    closeAttempt(ports, askable),
  ]);
}
