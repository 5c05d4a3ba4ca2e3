import { grantAudience } from '../../core/asking/audience.ts';
import { type BackchannelRequest, parseBackchannelRequest } from '../../core/asking/backchannel-request.ts';
import type { LoginHint } from '../../core/asking/login-hint.ts';
import { describeScopes, grantScopes } from '../../core/asking/scope.ts';
import { type Client, checkGrantAllowed } from '../../core/client/client.ts';
import { type FrozenDetails, freezeDetails } from '../../core/deciding/shown-details.ts';
import { type Device, reachable } from '../../core/device/device.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { requestIdOf, txnOf } from '../../core/digest.ts';
import { goesBy, type UserWithDevices } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { authenticateClient, type ClientAuthenticationPorts, type ClientCall } from '../client/authenticate-client.ts';
import type { Devices, PushOutcome, PushSender } from '../device/ports.ts';
import type { Users } from '../person/ports.ts';
import type { AuditTrail, Entropy, Note } from '../ports.ts';
import type { AuthenticationRequests, RateWindows } from './ports.ts';

/** What this flow needs. */
export type RequestAuthenticationPorts = ClientAuthenticationPorts & {
  readonly users: Users;
  readonly devices: Devices;
  readonly requests: AuthenticationRequests;
  readonly rateWindows: RateWindows;
  readonly push: PushSender;
  readonly entropy: Entropy;
  readonly audit: AuditTrail;
};

/** The successful answer (CIBA §7.3). */
export type AuthenticationRequestAcknowledgement = {
  readonly auth_req_id: string;
  readonly expires_in: number;
  readonly interval: number;
};

/** Seconds after which a client may try again when SNS is out. */
const PUSH_RETRY_SECONDS = 5;

type Granted = {
  readonly client: Client;
  readonly asked: BackchannelRequest;
  readonly audience: readonly string[];
  readonly target: UserWithDevices;
};

/**
 * A client asks a user (CIBA §7): authenticate the client, read the parameters, find the user, count, store, push,
 * answer. The answer is a success only when SNS accepted the push for at least one device: nobody waits five minutes
 * for a phone that can't ring.
 */
export async function requestAuthentication(
  ports: RequestAuthenticationPorts,
  call: ClientCall,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const authenticated = await authenticateClient(ports, call);
  if (!authenticated.ok) return authenticated;
  const client = checkGrantAllowed(authenticated.value);
  if (!client.ok) return client;
  const { settings } = ports;
  const asked = parseBackchannelRequest(call.form, {
    names: settings,
    deliveryMode: client.value.deliveryMode,
    expiry: settings.expiry,
    bindingMessagePattern: settings.bindingMessagePattern,
  });
  if (!asked.ok) return asked;
  const audience = grantAudience(asked.value, client.value, settings.issuer);
  if (!audience.ok) return audience;
  const target = await findAndCount(ports, client.value, asked.value.hint);
  if (!target.ok) return target;
  return ask(
    ports,
    { client: client.value, asked: asked.value, audience: audience.value, target: target.value },
    call.note,
  );
}

/** Resolves the hint, then reads the user and counts the attempt side by side; a limit that is reached stores nothing. */
async function findAndCount(
  ports: RequestAuthenticationPorts,
  client: Client,
  hint: LoginHint,
): Promise<Result<UserWithDevices>> {
  // With an `iss_sub` hint the user is read first: a subject that nobody has must not leave a counter behind.
  const now = ports.clock();
  const [forClient, early, resolved] = await Promise.all([
    client.requestsPerMinute
      ? ports.rateWindows.countForClient(client.clientId, client.requestsPerMinute, now)
      : undefined,
    hint.kind === 'sub' ? ports.users.findWithDevices(hint.sub) : undefined,
    hint.kind === 'sub' ? undefined : ports.users.resolve(hint.identifier),
  ]);
  // Before the user is counted: a client over its own limit must not use up a user's, nor guess names without limit.
  if (forClient?.allowed === false)
    return refuse({ reason: 'client_rate_limited', retryAfterSeconds: forClient.retryAfterSeconds });
  const sub = early?.user.sub ?? resolved;
  if (sub === undefined) return refuse({ reason: 'unknown_user', because: 'no_such_identifier' });
  if (client.onlySub !== undefined && client.onlySub !== sub)
    return refuse({ reason: 'unknown_user', because: 'not_for_this_client' });
  const { userLimits } = ports.settings;
  const [target, forUser] = await Promise.all([
    early ?? ports.users.findWithDevices(sub),
    userLimits ? ports.rateWindows.countForUser(sub, userLimits, now) : undefined,
  ]);
  if (!target) return refuse({ reason: 'unknown_user', because: 'no_profile' });
  if (hint.kind === 'identifier' && !goesBy(target.user, hint.identifier))
    return refuse({ reason: 'unknown_user', because: 'no_such_identifier' });
  if (target.user.status === 'blocked') return refuse({ reason: 'unknown_user', because: 'blocked' });
  if (forUser?.allowed === false)
    return refuse({ reason: 'user_rate_limited', retryAfterSeconds: forUser.retryAfterSeconds });
  if (reachable(target.devices).length === 0)
    return refuse({ reason: 'no_reachable_device', devices: target.devices.length });
  return ok(target);
}

/** Freezes what will be shown, stores it, rings the phones. */
async function ask(
  ports: RequestAuthenticationPorts,
  granted: Granted,
  note: Note,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { expiresInSeconds } = granted.asked;
  const { intervalSeconds } = ports.settings;
  const now = ports.clock();
  const authReqId = ports.entropy.secret();
  const requestId = requestIdOf(authReqId);
  const expiresAt = now + expiresInSeconds;
  note({ txn: txnOf(requestId) });
  const scopes = grantScopes(granted.asked.scopes, granted.client.scopes);
  const { clientId } = granted.client;
  const { sub } = granted.target.user;
  const facts = { requestId, clientId, sub, scopes, audience: granted.audience, issuedAt: now, expiresAt };
  const details = freeze(ports.settings.issuer, granted, facts);
  const { notificationToken: token } = granted.asked;
  const notification = token === undefined ? undefined : { token, authReqId };
  await ports.requests.create({ ...facts, intervalSeconds, nextPollAt: 0 }, details, notification);
  const message = { type: 'authentication_request', requestId, expiresAt } as const;
  const outcomes = await ports.push.send(reachable(granted.target.devices), message, now);
  const rang = await settlePushes(ports, requestId, outcomes, note);
  return rang.ok ? ok({ auth_req_id: authReqId, expires_in: expiresInSeconds, interval: intervalSeconds }) : rang;
}

function freeze(
  issuer: string,
  { client, asked, audience }: Granted,
  facts: { requestId: string; sub: string; expiresAt: number; scopes: readonly string[] },
): FrozenDetails {
  return freezeDetails({
    issuer,
    clientId: client.clientId,
    clientName: client.name,
    sub: facts.sub,
    requestId: facts.requestId,
    expiresAt: facts.expiresAt,
    bindingMessage: asked.bindingMessage,
    scopes: describeScopes(facts.scopes, client.scopeDescriptions),
    audience,
  });
}

/** One accepted push is enough. With none, the request is written failed before the client is told. */
async function settlePushes(
  ports: RequestAuthenticationPorts,
  requestId: string,
  outcomes: readonly PushOutcome[],
  note: Note,
): Promise<Result<true>> {
  const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
  note({ devices: outcomes.length, accepted, ...notedPushes(outcomes) });
  const dead = outcomes.filter(({ outcome }) => outcome === 'unreachable');
  const marking = dead.map(({ device }) => markUnreachable(ports, device));
  if (accepted > 0) {
    // The phones ring: a failed bookkeeping write must not turn that into an error. The next push finds the same.
    await Promise.allSettled(marking);
    return ok(true);
  }
  await ports.requests.recordFailure(requestId);
  await Promise.all(marking);
  return dead.length === outcomes.length
    ? refuse({ reason: 'no_reachable_device', devices: outcomes.length })
    : refuse({ reason: 'push_unavailable', retryAfterSeconds: PUSH_RETRY_SECONDS });
}

async function markUnreachable(ports: RequestAuthenticationPorts, device: Device): Promise<void> {
  const { sub, deviceId } = device;
  if (await ports.devices.markUnreachable(device))
    ports.audit.write({ event: 'device_unreachable', sub, deviceId, by: 'push service' }, ports.clock());
}
