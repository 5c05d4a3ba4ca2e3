import { checkAskable, checkNamed, type NamedUser } from '../../core/asking/askable.ts';
import type { Asked } from '../../core/asking/asked.ts';
import { grantAudience } from '../../core/asking/audience.ts';
import { type BackchannelRequest, parseBackchannelRequest } from '../../core/asking/backchannel-request.ts';
import type { LoginHint } from '../../core/asking/login-hint.ts';
import { describeScopes, grantScopes } from '../../core/asking/scope.ts';
import { type Client, checkGrantAllowed } from '../../core/client/client.ts';
import { type FrozenDetails, freezeDetails } from '../../core/deciding/shown-details.ts';
import { reachable } from '../../core/device/device.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { requestIdOf, txnOf } from '../../core/digest.ts';
import type { UserWithDevices } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { CIBA_GRANT } from '../../core/token/grant-types.ts';
import { authenticateClient, type ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { markUnreachable } from '../device/mark-unreachable.ts';
import type { Devices, PushOutcome, PushSender } from '../device/ports.ts';
import { findUserWithDevices } from '../person/find-user.ts';
import type { People } from '../person/ports.ts';
import type { AuditTrail, Entropy, Note } from '../ports.ts';
import type { AuthenticationRequests, RateWindows } from './ports.ts';

/** What this flow needs. */
export type RequestAuthenticationPorts = ClientAuthenticationPorts & {
  readonly people: People;
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

/** What a client may ask of a user. */
type Askable = {
  readonly client: Client;
  readonly wanted: BackchannelRequest;
  readonly asked: Asked;
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
  const { client } = authenticated.value;
  const allowed = checkGrantAllowed(client, CIBA_GRANT);
  if (!allowed.ok) return allowed;
  const { settings, profile } = ports;
  const { expiry, bindingMessagePattern } = settings;
  const policy = { profile, names: settings, deliveryMode: client.deliveryMode, expiry, bindingMessagePattern };
  const wanted = parseBackchannelRequest(call.form, policy);
  if (!wanted.ok) return wanted;
  const audience = grantAudience(wanted.value, client, settings.issuer);
  if (!audience.ok) return audience;
  const target = await findAndCount(ports, client, wanted.value.hint);
  if (!target.ok) return target;
  const scopes = grantScopes(wanted.value.scopes, client.scopes);
  const asked = { clientId: client.clientId, scopes, audience: audience.value };
  return ask(ports, { client, wanted: wanted.value, asked, target: target.value }, call.note);
}

/** Resolves the hint, then reads the user and counts the attempt side by side; a limit that is reached stores nothing. */
async function findAndCount(
  ports: RequestAuthenticationPorts,
  client: Client,
  hint: LoginHint,
): Promise<Result<UserWithDevices>> {
  const { onlySub, requestsPerMinute } = client;
  const now = ports.clock();
  // With an `iss_sub` hint the user is read first: a subject that nobody has must not leave a counter behind.
  const [clientLimit, early, resolved] = await Promise.all([
    requestsPerMinute ? ports.rateWindows.countForClient(client.clientId, requestsPerMinute, now) : undefined,
    hint.kind === 'sub' ? findUserWithDevices(ports, hint.sub) : undefined,
    hint.kind === 'sub' ? undefined : ports.people.resolve(hint.identifier),
  ]);
  const named: NamedUser = { hint, clientLimit, onlySub, sub: early?.user.sub ?? resolved };
  const sub = checkNamed(named);
  if (!sub.ok) return sub;
  const { userLimits } = ports.settings;
  const [found, userLimit] = await Promise.all([
    early ?? findUserWithDevices(ports, sub.value),
    userLimits ? ports.rateWindows.countForUser(sub.value, userLimits, now) : undefined,
  ]);
  return checkAskable({ ...named, found, userLimit });
}

/** Freezes what will be shown, stores it, rings the phones. */
async function ask(
  ports: RequestAuthenticationPorts,
  askable: Askable,
  note: Note,
): Promise<Result<AuthenticationRequestAcknowledgement>> {
  const { wanted, asked, target } = askable;
  const { expiresInSeconds, notificationToken: token } = wanted;
  const { intervalSeconds, issuer } = ports.settings;
  const now = ports.clock();
  const authReqId = ports.entropy.secret();
  const requestId = requestIdOf(authReqId);
  const expiresAt = now + expiresInSeconds;
  note({ txn: txnOf(requestId) });
  const { clientId } = asked;
  const request = {
    requestId,
    clientId,
    sub: target.user.sub,
    issuedAt: now,
    expiresAt,
    intervalSeconds,
    nextPollAt: 0,
  };
  const details = freeze(askable, { issuer, requestId, expiresAt });
  const notification = token === undefined ? undefined : { token, authReqId };
  await ports.requests.create({ request, asked, details, notification });
  const message = { type: 'authentication_request', requestId, expiresAt } as const;
  const outcomes = await ports.push.send(reachable(target.devices), message, now);
  const rang = await judgePushes(ports, requestId, outcomes, note);
  return rang.ok ? ok({ auth_req_id: authReqId, expires_in: expiresInSeconds, interval: intervalSeconds }) : rang;
}

function freeze(
  { client, wanted, asked, target }: Askable,
  facts: { issuer: string; requestId: string; expiresAt: number },
): FrozenDetails {
  return freezeDetails({
    ...facts,
    clientId: client.clientId,
    clientName: client.name,
    sub: target.user.sub,
    bindingMessage: wanted.bindingMessage,
    scopes: describeScopes(asked.scopes, client.scopeDescriptions),
    audience: asked.audience,
  });
}

/** One accepted push is enough. With none, the request is written failed before the client is told. */
async function judgePushes(
  ports: RequestAuthenticationPorts,
  requestId: string,
  outcomes: readonly PushOutcome[],
  note: Note,
): Promise<Result<true>> {
  const accepted = outcomes.filter(({ outcome }) => outcome === 'accepted').length;
  note({ devices: outcomes.length, accepted, ...notedPushes(outcomes) });
  const dead = outcomes.filter((one) => one.outcome === 'unreachable');
  const mark = () => dead.map(({ device }) => markUnreachable(ports, device));
  if (accepted > 0) {
    // The phones ring: a failed bookkeeping write must not turn that into an error. The next push finds the same.
    await Promise.allSettled(mark());
    return ok(true);
  }
  await ports.requests.recordFailure(requestId);
  await Promise.all(mark());
  return dead.length === outcomes.length
    ? refuse({ reason: 'no_reachable_device', devices: outcomes.length })
    : refuse({ reason: 'push_unavailable', retryAfterSeconds: PUSH_RETRY_SECONDS });
}
