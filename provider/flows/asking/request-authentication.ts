import { checkAskable, checkNamed, type NamedUser } from '../../core/asking/askable.ts';
import { type Asked, checkAsked } from '../../core/asking/asked.ts';
import { type BackchannelRequest, parseBackchannelRequest } from '../../core/asking/backchannel-request.ts';
import type { LoginHint } from '../../core/asking/login-hint.ts';
import { describeScopes } from '../../core/asking/scope.ts';
import { type Client, checkGrantAllowed } from '../../core/client/client.ts';
import { type FrozenDetails, freezeDetails } from '../../core/deciding/shown-details.ts';
import { reachable } from '../../core/device/device.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { requestIdOf, txnOf } from '../../core/digest.ts';
import type { UserWithDevices } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import type { Whole } from '../../core/whole.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { markUnreachable } from '../device/mark-unreachable.ts';
import type { Devices, PushOutcome, PushSender } from '../device/ports.ts';
import type { People } from '../person/ports.ts';
import { findUserWithDevices } from '../person/user-with-devices.ts';
import type { AuditLog, Entropy, Note } from '../ports.ts';
import type { AuthenticationRequests, RateWindows } from './ports.ts';

/** What this flow needs. */
export type RequestAuthenticationPorts = ClientAuthenticationPorts & {
  readonly people: People;
  readonly devices: Devices;
  readonly requests: AuthenticationRequests;
  readonly rateWindows: RateWindows;
  readonly push: PushSender;
  readonly entropy: Entropy;
  readonly audit: AuditLog;
};

/** The successful answer (CIBA §7.3). */
export type AuthenticationRequestAcknowledgement = {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval: number;
};

/** Seconds after which a client may try again when SNS is unavailable. */
const PUSH_RETRY_SECONDS = 5;

/** A request that the client may put to the user. */
type Askable = {
  readonly client: Client;
  readonly wanted: BackchannelRequest;
  readonly asked: Whole<Asked>;
  readonly target: UserWithDevices;
};

/**
 * Handles a client's request to authenticate a user (CIBA §7): authenticates the client, reads the parameters, finds
 * the user, counts the attempt, stores the request, pushes, and answers. The answer is a success only if SNS accepted
 * the push for at least one device, or if one of the devices asks for requests by itself. A client never waits for a
 * phone that cannot ring.
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
  const target = await findAndCount(ports, client, wanted.value.hint);
  if (!target.ok) return target;
  return storeAndPush(ports, { client, wanted: wanted.value, asked: asked.value, target: target.value }, call.note);
}

/**
 * Resolves the hint, then reads the user and counts the attempt in parallel. An attempt over a limit stores nothing.
 */
async function findAndCount(
  ports: RequestAuthenticationPorts,
  client: Client,
  hint: LoginHint,
): Promise<Result<UserWithDevices>> {
  const { onlySub, isSynthetic, requestsPerMinute } = client;
  const now = ports.clock();
  // With an `iss_sub` hint the user is read first, so that a subject that does not exist leaves no counter behind.
  const [clientLimit, foundBySub, resolved] = await Promise.all([
    requestsPerMinute ? ports.rateWindows.countForClient(client.clientId, requestsPerMinute, now) : undefined,
    hint.kind === 'sub' ? findUserWithDevices(ports, hint.sub) : undefined,
    hint.kind === 'sub' ? undefined : ports.people.resolve(hint.identifier),
  ]);
  const named: NamedUser = { hint, clientLimit, onlySub, isSynthetic, sub: foundBySub?.user.sub ?? resolved };
  const sub = checkNamed(named);
  if (!sub.ok) return sub;
  const { userLimits } = ports.settings;
  const [found, userLimit] = await Promise.all([
    foundBySub ?? findUserWithDevices(ports, sub.value),
    userLimits ? ports.rateWindows.countForUser(sub.value, userLimits, now) : undefined,
  ]);
  return checkAskable({ ...named, found, userLimit });
}

/** Freezes the details, stores the request and pushes to the phones. */
async function storeAndPush(
  ports: RequestAuthenticationPorts,
  askable: Askable,
  note: Note,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { client, wanted, asked, target } = askable;
  const { expiresInSeconds, notificationToken: token } = wanted;
  const { intervalSeconds, issuer } = ports.settings;
  const now = ports.clock();
  const authReqId = ports.entropy.secret();
  const requestId = requestIdOf(authReqId);
  const expiresAt = now + expiresInSeconds;
  note({ txn: txnOf(requestId) });
  const { clientId, registrationId } = client;
  const request = {
    requestId,
    clientId,
    registrationId,
    sub: target.user.sub,
    profileId: target.user.profileId,
    issuedAt: now,
    expiresAt,
    intervalSeconds,
    nextPollAt: 0,
  };
  const details = freeze(askable, { issuer, requestId, expiresAt });
  const notification = token === undefined ? undefined : { token, authReqId };
  await ports.requests.create({ request, asked, details, notification, isSynthetic: client.isSynthetic });
  const message = { type: 'authentication_request', requestId, expiresAt } as const;
  const outcomes = await ports.push.send(reachable(target.devices), message, now);
  const pushed = await judgePushes(ports, outcomes, { requestId, note });
  return pushed.ok ? ok({ auth_req_id: authReqId, expires_in: expiresInSeconds, interval: intervalSeconds }) : pushed;
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
 * the client is refused.
 */
async function judgePushes(
  ports: RequestAuthenticationPorts,
  outcomes: readonly PushOutcome[],
  { requestId, note }: { requestId: string; note: Note },
): Promise<Result<true>> {
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
  await ports.requests.recordFailure(requestId);
  await Promise.all(mark());
  return dead.length === outcomes.length
    ? refuse({ reason: 'no_reachable_device', devices: outcomes.length })
    : refuse({ reason: 'push_unavailable', retryAfterSeconds: PUSH_RETRY_SECONDS });
}
