import { requestIdOf, sha256 } from '../../../provider/core/digest.ts';
import { ok } from '../../../provider/core/result.ts';
import { CIBA_GRANT } from '../../../provider/core/token/grant-types.ts';
import { announcementFrom } from '../../../provider/edge/queue/announcement.ts';
import { queueBatch } from '../../../provider/edge/queue/queue-batch.ts';
import { requestAuthentication } from '../../../provider/flows/asking/request-authentication.ts';
import { withdrawRequest } from '../../../provider/flows/asking/withdraw-request.ts';
import { answerRequest, readRequestDetails } from '../../../provider/flows/deciding/answer-request.ts';
import { notifyClient } from '../../../provider/flows/notifying/notify-client.ts';
import { requestTokens } from '../../../provider/flows/token/request-tokens.ts';
import { ISSUER } from '../../core/given.ts';
import { basic } from '../../flows/world/clients.ts';
import type { RequestStory } from './history.ts';
import type { Invocation } from './invocation.ts';
import type { Outcome } from './pool.ts';
import type { Message } from './queue.ts';
import { signedBy } from './stand-ins.ts';
import type { KnownClient, World } from './world.ts';

// What clients, phones and the queue do to the provider: each is one call of a function.

const note = () => undefined;

function clientCall({ clientId, secret }: KnownClient, form: Readonly<Record<string, string>>, correlationId: string) {
  return {
    form: new Map(Object.entries(form).map(([name, value]) => [name, [value]])),
    headers: { authorization: basic(clientId, secret) },
    url: `${ISSUER}token`,
    certificate: undefined,
    correlationId,
    note,
  };
}

/** Why a call was refused, or that it broke. */
function failureOf(world: World, outcome: Outcome<unknown> & { readonly ok: false }, invocation: Invocation): string {
  if ('refusal' in outcome) return outcome.refusal.reason;
  world.history.faults.push({ error: outcome.fault, invocation });
  return 'server_error';
}

const nextCall = (world: World) => `call ${world.scheduler.invocations.length + 1}`;

/** A client asks a person. */
export function ask(world: World, client: KnownClient, how: { sub: string; expiry: number; isTold: boolean }) {
  const { sub, expiry, isTold } = how;
  const title = nextCall(world);
  world.story.tell(`${client.name} asks ${sub}, for ${expiry} s (${title}).`);
  const form = {
    scope: 'openid payments',
    login_hint: `${sub}@example.com`,
    requested_expiry: String(expiry),
    client_notification_token: `token-of-${client.clientId}`,
  };
  const call = clientCall(client, form, `ask-${world.scheduler.invocations.length + 1}`);
  return world.functions.asking.invoke(
    { title, isTold },
    (ports) => requestAuthentication(ports, call),
    (outcome, invocation) => {
      if (!outcome.ok) return world.story.tell(`  ${title} is refused: ${failureOf(world, outcome, invocation)}.`);
      const request = world.history.find(requestIdOf(outcome.value.auth_req_id));
      if (!request) throw new Error('a request was acknowledged and never stored');
      request.authReqId = outcome.value.auth_req_id;
      world.story.tell(`  ${client.name} has request ${request.number}.`);
    },
  );
}

/** A client polls. */
export function poll(world: World, request: RequestStory, isTold: boolean): Promise<Invocation> | undefined {
  const client = world.client(request.clientId);
  const { authReqId, number } = request;
  if (!client || authReqId === undefined) return undefined;
  const title = nextCall(world);
  if (isTold) world.story.tell(`${client.name} polls for request ${number} (${title}).`);
  const call = clientCall(client, { grant_type: CIBA_GRANT, auth_req_id: authReqId }, title.replace(' ', '-'));
  return world.functions.token.invoke(
    { title, isTold },
    (ports) => requestTokens(ports, call),
    (outcome, invocation) => {
      const answer = outcome.ok ? 'tokens' : failureOf(world, outcome, invocation);
      const { at: endedAt, clock: endedClock } = world.when;
      const refusal = 'refusal' in outcome ? outcome.refusal : undefined;
      request.polls.push({
        answer,
        invocation,
        endedAt,
        endedClock,
        ...(outcome.ok && { scope: outcome.value.scope }),
        ...(refusal?.reason === 'polled_too_fast' && { interval: refusal.intervalSeconds }),
      });
      world.story.tell(`  ${client.name}'s poll for request ${number} is answered: ${answer}.`);
    },
  );
}

/** A client withdraws its request. */
export function withdraw(world: World, request: RequestStory, isTold: boolean): Promise<Invocation> | undefined {
  const client = world.client(request.clientId);
  const { authReqId, number } = request;
  if (!client || authReqId === undefined) return undefined;
  const title = nextCall(world);
  world.story.tell(`${client.name} withdraws request ${number} (${title}).`);
  const isOwn = client.registrationId === request.registrationId;
  const withdrawal: RequestStory['withdrawals'][number] = { startedAt: world.scheduler.next() };
  if (isOwn) request.withdrawals.push(withdrawal);
  const call = clientCall(client, { auth_req_id: authReqId }, title.replace(' ', '-'));
  return world.functions.asking.invoke(
    { title, isTold },
    (ports) => withdrawRequest(ports, call),
    (outcome, invocation) => {
      if (outcome.ok) withdrawal.at = world.scheduler.next();
      const said = outcome.ok ? 'done' : failureOf(world, outcome, invocation);
      world.story.tell(`  ${client.name}'s withdrawal of request ${number} is answered: ${said}.`);
    },
  );
}

type Phone = World['phones'][number];

/** A phone reads what is asked. Nothing comes in between. */
export async function read(world: World, phone: Phone, { requestId }: RequestStory): Promise<void> {
  const path = `/device/requests/${requestId}`;
  const claims = { ...claimsOf(world, phone), htm: 'GET', htu: new URL(path, ISSUER).href };
  const assertion = signedBy(keyOf(phone), { alg: 'ES256', typ: 'ciba-device+jwt' }, claims);
  const title = nextCall(world);
  const invocation = await world.functions.device.invoke(
    { title, isTold: false },
    (ports) => readRequestDetails(ports, { assertion, method: 'GET', path, requestId, note }),
    (outcome) => {
      if (outcome.ok) phone.hashes.set(requestId, sha256(outcome.value.bytes));
    },
  );
  await world.scheduler.finish(invocation);
}

/** A phone answers what it has read. */
export function answer(
  world: World,
  phone: Phone,
  how: { request: RequestStory; decision: 'approve' | 'deny'; isReport: boolean; isTold: boolean },
): Promise<Invocation> | undefined {
  const { request, decision, isReport, isTold } = how;
  const { requestId, number } = request;
  const hash = phone.hashes.get(requestId);
  if (hash === undefined) return undefined;
  const claims = {
    ...claimsOf(world, phone),
    request_id: requestId,
    decision,
    details_hash: hash,
    amr: [],
    ...(isReport && { reason: 'fraud' }),
  };
  const response = signedBy(keyOf(phone), { alg: 'ES256', typ: 'ciba-response+jwt' }, claims);
  const words = isReport ? `reports request ${number} as fraud` : `answers request ${number}: ${decision}`;
  const title = nextCall(world);
  world.story.tell(`${phone.deviceId} ${words} (${title}).`);
  if (isReport) world.history.attempts.push({ what: 'client reported', startedAt: world.scheduler.next() });
  const call = { requestId, response, correlationId: `answer-${world.scheduler.invocations.length + 1}`, note };
  return world.functions.device.invoke(
    { title, isTold },
    (ports) => answerRequest(ports, call),
    (outcome, invocation) => {
      const said = outcome.ok ? 'accepted' : failureOf(world, outcome, invocation);
      world.story.tell(`  ${phone.deviceId} hears about its answer to request ${number}: ${said}.`);
      if (!outcome.ok) return;
      const { deviceId, sub } = phone;
      const { clientId } = request;
      const when = world.when;
      request.accepted.push({ ...when, deviceId, decision, isReport, invocation });
      // A report that is sent again is the first one: an operator may have ended it since.
      const first = request.commits.find(({ to }) => to === 'denied')?.invocation ?? invocation;
      const { startedAt, startedClock } = first;
      if (isReport)
        world.history.revocations.push({ ...when, startedAt, startedClock, what: 'client reported', clientId, sub });
    },
  );
}

/** The queue gives a message to the function that notifies clients. */
export function deliver(world: World, message: Message, how: { isTwice: boolean; isTold: boolean }) {
  const { isTwice, isTold } = how;
  world.queue.receive(message, world.time.now, isTwice);
  const about = /"request_id":"([^"]+)"/.exec(message.body)?.[1] ?? '';
  const title = nextCall(world);
  if (isTold) world.story.tell(`The queue delivers ${message.id}, about ${world.names.request(about)} (${title}).`);
  const { id, body, sentAt } = message;
  const record = {
    messageId: id,
    receiptHandle: id,
    body,
    attributes: { SentTimestamp: String(sentAt * 1000) },
  };
  return world.functions.notification.invoke(
    { title, isTold },
    async (ports) => {
      let fault: unknown;
      let reason = '';
      const handler = queueBatch(
        {
          request: (line) => {
            reason = line.reason ?? '';
          },
          fault: (error) => {
            fault = error;
          },
        },
        {
          route: 'SQS client-notification',
          read: announcementFrom,
          handle: (announced) => notifyClient(ports, announced),
          postpone: (handle, seconds) => ports.messages.postpone(handle, seconds),
        },
      );
      const { batchItemFailures } = await handler({ Records: [record] });
      if (batchItemFailures.length === 0) world.queue.delete(id);
      if (fault !== undefined) throw fault;
      return ok(reason);
    },
    (outcome, invocation) => {
      const said = outcome.ok ? outcome.value : failureOf(world, outcome, invocation);
      if (isTold || !outcome.ok) world.story.tell(`  ${title} ends: ${said}.`);
    },
  );
}

const keyOf = ({ deviceId }: Phone) => deviceId.padEnd(43, '_');

let jtis = 0;
function claimsOf(world: World, { deviceId, sub }: Phone) {
  const iat = world.time.now;
  jtis += 1;
  return { iss: deviceId, sub, aud: ISSUER, iat, exp: iat + 120, jti: `jti-${jtis}` };
}
