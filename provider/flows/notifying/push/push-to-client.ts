import { type Client, isSameRegistration } from '../../../core/client/client.ts';
import type { ApprovedRequest, AuthenticationRequest } from '../../../core/deciding/authentication-request.ts';
import { LONGEST_GRACE_SECONDS } from '../../../core/deciding/redemption-grace.ts';
import { txnOf } from '../../../core/digest.ts';
import { deliverySeconds, isTooLate, judgePush } from '../../../core/notifying/push-answer.ts';
import { errorBody, type PushError, tokensBody } from '../../../core/notifying/push-body.ts';
import { decidePush, type PushDecision } from '../../../core/notifying/push-decision.ts';
import { LEASE_SECONDS, LOOK_AGAIN_SECONDS, mayBeStoredYet } from '../../../core/notifying/retries.ts';
import type { SealedTokens } from '../../../core/notifying/sealed-tokens.ts';
import type { Noted } from '../../../core/operating/log-line.ts';
import { CIBA_GRANT } from '../../../core/token/grant-types.ts';
import { judgeGrant } from '../../../core/token/standing-grant.ts';
import { tokenLifetimes } from '../../../core/token/token-lifetimes.ts';
import type { Clients } from '../../client/ports.ts';
import { type FindUserPorts, findUserWithDevices } from '../../person/user-with-devices.ts';
import type { AuditLog, Clock } from '../../ports.ts';
import { endTakenBack } from '../../token/end-taken-back.ts';
import { type IssueTokensPorts, issueTokens } from '../../token/issue-tokens.ts';
import type {
  Announced,
  DeadLetters,
  LaterAnnouncements,
  NotificationAddress,
  Notifications,
  NotifyOutcome,
  PushedRequests,
  PushSender,
  TokenSeal,
} from '../ports.ts';

/** What this flow needs. */
export type PushPorts = IssueTokensPorts &
  FindUserPorts & {
    readonly notifications: Notifications;
    readonly requests: PushedRequests;
    readonly clients: Pick<Clients, 'findAnew'>;
    readonly seal: TokenSeal;
    readonly pushes: PushSender;
    readonly later: LaterAnnouncements;
    readonly deadLetters: DeadLetters;
    readonly audit: AuditLog;
    readonly clock: Clock;
  };

/** A client in push mode, its request as it is stored now, and the message about it. */
type Push = {
  readonly announced: Announced;
  readonly request: AuthenticationRequest;
  readonly client: Client & { readonly notificationEndpoint: string };
};
/** A try that holds the lease of the notification. */
type Try = Push & {
  readonly holder: string;
  readonly tries: number;
  readonly address: NotificationAddress;
};
/** What a try sends, and where. */
type Parcel = { readonly endpoint: string; readonly body: string; readonly until: number; readonly noted: Noted };
/** Why tokens that were made are never sent: their key is gone, or they came too late. */
type Undeliverable = 'unreadable' | 'too_late';

/**
 * Pushes tokens or an error to a client (CIBA §10.3, §12). The tokens of an approval are made once: they are signed
 * first, then one conditional write redeems the request and stores them sealed, and every try sends those bytes. So a
 * crash between two steps, two consumers at once and a message that is delivered twice lead to the same tokens, which
 * may arrive more than once. Whoever was blocked or removed since the approval gets none. Tokens go to the endpoint that
 * is registered at the moment, and never to one that a warm function remembers. The lease keeps two tries apart.
 */
export async function pushToClient(ports: PushPorts, push: Push): Promise<NotifyOutcome> {
  const { announced, request, client } = push;
  const { requestId } = request;
  const now = ports.clock();
  const watchesExpiry = announced.watchesExpiry === true;
  const decision = decidePush(request, { at: announced.announcedAt, now, watchesExpiry });
  if (decision.outcome === 'wait') return lookAgain(ports, push, decision.seconds);
  if (decision.outcome === 'drop') {
    if (decision.isOver) await ports.notifications.forget(requestId);
    return done(push, { reason: decision.because });
  }
  const holder = ports.entropy.id();
  const keepUntil = Math.max(request.expiresAt + LONGEST_GRACE_SECONDS, now + 2 * secondsOf(ports, client));
  const claim = await ports.notifications.claim({ requestId, now, until: now + LEASE_SECONDS, holder, keepUntil });
  if (claim.outcome === 'not_stored' && mayBeStoredYet(request, now))
    return again(push, LOOK_AGAIN_SECONDS, { reason: 'not_stored_yet' });
  if (claim.outcome === 'over' || claim.outcome === 'not_stored') {
    if (decision.outcome === 'send') await ports.requests.dropSealed(requestId);
    return done(push, { reason: 'notified_already' });
  }
  if (claim.outcome === 'claimed_by_another') return again(push, claim.until - now, { reason: 'being_notified' });
  const attempt = { ...push, holder, tries: claim.tries, address: claim.address };
  const parcel = await pack(ports, attempt, decision);
  if (parcel === 'look_again') {
    await ports.notifications.release({ requestId, holder });
    return again(push, LOOK_AGAIN_SECONDS, { reason: 'not_decided_yet' });
  }
  if (parcel === 'not_notified') {
    await end(ports, push, () => ports.notifications.forget(requestId));
    return done(push, { reason: 'client_not_notified' });
  }
  return typeof parcel === 'string' ? giveUp(ports, push, { detail: parcel }) : send(ports, attempt, parcel);
}

/** Waits for a decision, which comes within moments, or for the expiry: then a new message comes, and this one ends. */
async function lookAgain(ports: PushPorts, push: Push, seconds: number): Promise<NotifyOutcome> {
  const { announced, request } = push;
  if (!announced.watchesExpiry) return again(push, seconds, { reason: 'not_decided_yet' });
  await ports.later.announceLater({ ...announced, clientId: request.clientId }, seconds);
  return done(push, { reason: 'expiry_watched' });
}

/** Packs what the client is to get. */
async function pack(
  ports: PushPorts,
  attempt: Try,
  decision: Extract<PushDecision, { outcome: 'mint' | 'send' | 'tell' }>,
): Promise<Parcel | 'look_again' | Undeliverable | 'not_notified'> {
  switch (decision.outcome) {
    case 'tell':
      return packError(ports, attempt, decision.error);
    case 'send':
      return isTooLate(decision.sealed, ports.clock()) ? 'too_late' : unpack(ports, attempt, decision.sealed);
    case 'mint':
      return mint(ports, attempt, decision.request);
  }
}

function packError(ports: PushPorts, { announced, client, address }: Try, error: PushError): Parcel {
  const until = announced.announcedAt + secondsOf(ports, client);
  const { notificationEndpoint: endpoint } = client;
  return { endpoint, body: errorBody(address.authReqId, error), until, noted: { pushed: error } };
}

/** Opens tokens that were made before, unless the client is another one by now, or is not notified any more. */
async function unpack(
  ports: PushPorts,
  { request: { requestId, clientId }, client }: Try,
  sealed: SealedTokens,
): Promise<Parcel | 'unreadable' | 'not_notified'> {
  const [body, registered] = await Promise.all([ports.seal.open(sealed, requestId), ports.clients.findAnew(clientId)]);
  const endpoint = registered && isSameRegistration(registered, client) ? registered.notificationEndpoint : undefined;
  if (endpoint === undefined) return 'not_notified';
  return body === undefined ? 'unreadable' : { endpoint, body, until: sealed.until, noted: { pushed: 'tokens' } };
}

/**
 * Looks again at everybody whom the approval depends on, signs the tokens, then redeems the request and stores the
 * sealed tokens with one write. Looks again if the request changed meanwhile, or if the client is in another mode by
 * now.
 */
async function mint(ports: PushPorts, attempt: Try, request: ApprovedRequest): Promise<Parcel | 'look_again'> {
  const { requestId, clientId, sub, issuedAt } = request;
  const { authReqId } = attempt.address;
  const [owner, registered] = await Promise.all([findUserWithDevices(ports, sub), ports.clients.findAnew(clientId)]);
  if (registered && registered.deliveryMode !== 'push') return 'look_again';
  const { issuer, blocksReported } = ports.settings;
  const use = { grantType: CIBA_GRANT, issuer, blocksReported } as const;
  const judged = judgeGrant(request.grant, { owner, client: registered }, use);
  if (judged.outcome === 'taken_back') {
    await endTakenBack(ports, request, judged.because);
    return packError(ports, attempt, 'access_denied');
  }
  const { client, grant } = judged;
  const { notificationEndpoint: endpoint } = client;
  if (endpoint === undefined) return 'look_again';
  const now = ports.clock();
  const { tokens, jti } = await issueTokens(ports, { client, grant, pushedFor: authReqId, now });
  const body = tokensBody(authReqId, tokens);
  const until = now + secondsOf(ports, client);
  const sealed = { ...(await ports.seal.seal(body, requestId)), until };
  const claim = await ports.requests.claimApproved({ request, now, sealed });
  if (!claim.recorded) return 'look_again';
  ports.audit.write({ event: 'tokens_issued', jti, requestId, sub, clientId }, now);
  return { endpoint, body, until, noted: { pushed: 'tokens', approval_seconds: grant.authTime - issuedAt } };
}

/** Sends, and records what came of it. */
async function send(ports: PushPorts, attempt: Try, { endpoint, body, until, noted }: Parcel): Promise<NotifyOutcome> {
  const { announced, request, holder, tries, address } = attempt;
  const { requestId } = request;
  const { correlationId } = announced;
  const answer = await ports.pushes.push({ endpoint, token: address.token, body, correlationId });
  const now = ports.clock();
  const judged = judgePush(answer, { tries, now, until });
  const about = { ...noted, detail: judged.detail, ...('status' in answer && { notification_status: answer.status }) };
  switch (judged.outcome) {
    case 'over':
      await end(ports, attempt, () => ports.notifications.recordNotified({ requestId, holder, now }));
      return done(attempt, { reason: 'notified', ...about });
    case 'again':
      await ports.notifications.release({ requestId, holder });
      return again(attempt, judged.seconds, { reason: 'endpoint_unreachable', ...about });
    case 'give_up':
      return giveUp(ports, attempt, about);
  }
}

/** Leaves a dead letter without the tokens, then deletes them. */
async function giveUp(ports: PushPorts, push: Push, about: Noted): Promise<NotifyOutcome> {
  const { announced, request } = push;
  const { requestId, clientId } = request;
  const { correlationId } = announced;
  await ports.deadLetters.record({ requestId, clientId, correlationId, because: about.detail ?? '' });
  await end(ports, push, () => ports.notifications.forget(requestId));
  return done(push, { reason: 'notification_given_up', ...about });
}

/** Deletes what was to be delivered, and then the address. A crash in between leaves what the next message deletes. */
async function end(ports: PushPorts, { request }: Push, endNotification: () => Promise<void>): Promise<void> {
  if (request.state === 'redeemed' || request.state === 'approved') await ports.requests.dropSealed(request.requestId);
  await endNotification();
}

/** For how long a client is tried, in seconds. */
function secondsOf({ settings }: PushPorts, client: Client): number {
  return deliverySeconds(tokenLifetimes(client, settings.lifetimes).accessTokenSeconds);
}

const about = ({ request }: Push) => ({ txn: txnOf(request.requestId), client_id: request.clientId });
const done = (push: Push, noted: Noted): NotifyOutcome => ({ noted: { ...about(push), ...noted } });
const again = (push: Push, seconds: number, noted: Noted): NotifyOutcome => ({
  againInSeconds: seconds,
  ...done(push, noted),
});
