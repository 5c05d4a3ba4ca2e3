import { requestIdOf } from '../../../../provider/core/digest.ts';
import { CIBA_GRANT } from '../../../../provider/core/token/grant-types.ts';
import { enterNumber } from '../../../../provider/flows/asking/enter-number.ts';
import { requestAuthentication } from '../../../../provider/flows/asking/request-authentication.ts';
import { resendRequest } from '../../../../provider/flows/asking/resend-request.ts';
import { withdrawRequest } from '../../../../provider/flows/asking/withdraw-request.ts';
import { requestTokens } from '../../../../provider/flows/token/request-tokens.ts';
import { BENS_CODE } from '../cast.ts';
import type { Ask, EnteredNumber, RequestStory, Resend } from '../history.ts';
import type { Invocation } from '../invocation.ts';
import type { KnownClient, World } from '../world.ts';
import { clientCall, heard, nextCall } from './calling.ts';

// What clients do. Each is one call of a function.

const CODE_WORDS = { none: '', right: ', with the user code', wrong: ', with a wrong user code' } as const;

/** A client asks a person. */
export function ask(
  world: World,
  client: KnownClient,
  how: Pick<Ask, 'sub' | 'code'> & { readonly expiry: number; readonly isTold: boolean },
): Promise<Invocation> {
  const { sub, code, expiry, isTold } = how;
  const { clientId, registrationId, name } = client;
  const title = nextCall(world);
  world.story.tell(`${name} asks ${sub}, for ${expiry} s${CODE_WORDS[code]} (${title}).`);
  const startedClock = world.time.now;
  const asked: Ask = { clientId, registrationId, sub, code, startedAt: world.scheduler.next(), startedClock };
  world.history.asks.push(asked);
  const form = {
    scope: 'openid payments',
    login_hint: `${sub}@example.com`,
    requested_expiry: String(expiry),
    client_notification_token: `token-of-${clientId}`,
    ...(code !== 'none' && { user_code: code === 'right' ? BENS_CODE : 'not that one' }),
  };
  return world.functions.asking.invoke(
    { title, isTold },
    (ports, invocation) => {
      asked.invocation = invocation;
      return requestAuthentication(ports, clientCall(client, form, title));
    },
    (outcome, invocation) => {
      asked.said = heard(world, outcome, { invocation, success: 'asked' });
      if (!outcome.ok) return world.story.tell(`  ${title} is refused: ${asked.said}.`);
      const { auth_req_id: authReqId, number: acknowledgedNumber } = outcome.value;
      const request = world.history.find(requestIdOf(authReqId));
      if (!request) throw new Error('a request was acknowledged and never stored');
      Object.assign(request, { authReqId, acknowledgedNumber });
      const shown = acknowledgedNumber === undefined ? '' : `, and shows the number ${acknowledgedNumber}`;
      world.story.tell(`  ${name} has request ${request.number}${shown}.`);
    },
  );
}

/** A client's call about a request that it has. Undefined if it has no id of it. */
function about(world: World, request: RequestStory) {
  const client = world.client(request.clientId);
  const { authReqId } = request;
  if (!client || authReqId === undefined) return undefined;
  const title = nextCall(world);
  const isOwn = client.registrationId === request.registrationId;
  return {
    client,
    title,
    isOwn,
    call: (more: Readonly<Record<string, string>> = {}) =>
      clientCall(client, { ...more, auth_req_id: authReqId }, title),
  };
}

/** A client polls. */
export function poll(world: World, request: RequestStory, isTold: boolean): Promise<Invocation> | undefined {
  const found = about(world, request);
  if (!found) return undefined;
  const { client, title, call } = found;
  if (isTold) world.story.tell(`${client.name} polls for request ${request.number} (${title}).`);
  return world.functions.token.invoke(
    { title, isTold },
    (ports) => requestTokens(ports, call({ grant_type: CIBA_GRANT })),
    (outcome, invocation) => {
      const answer = heard(world, outcome, { invocation, success: 'tokens' });
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
      world.story.tell(`  ${client.name}'s poll for request ${request.number} is answered: ${answer}.`);
    },
  );
}

/** A client withdraws its request. */
export function withdraw(world: World, request: RequestStory, isTold: boolean): Promise<Invocation> | undefined {
  const found = about(world, request);
  if (!found) return undefined;
  const { client, title, isOwn, call } = found;
  world.story.tell(`${client.name} withdraws request ${request.number} (${title}).`);
  const withdrawal: RequestStory['withdrawals'][number] = { startedAt: world.scheduler.next() };
  if (isOwn) request.withdrawals.push(withdrawal);
  return world.functions.asking.invoke(
    { title, isTold },
    (ports, invocation) => {
      withdrawal.invocation = invocation;
      return withdrawRequest(ports, call());
    },
    (outcome, invocation) => {
      if (outcome.ok) withdrawal.at = world.scheduler.next();
      const said = heard(world, outcome, { invocation, success: 'done' });
      world.story.tell(`  ${client.name}'s withdrawal of request ${request.number} is answered: ${said}.`);
    },
  );
}

/** A client has the phones of its request rung again. */
export function resend(world: World, request: RequestStory, isTold: boolean): Promise<Invocation> | undefined {
  const found = about(world, request);
  if (!found) return undefined;
  const { client, title, isOwn, call } = found;
  world.story.tell(`${client.name} has the phones of request ${request.number} rung again (${title}).`);
  const made: Resend = { startedAt: world.scheduler.next() };
  if (isOwn) request.resends.push(made);
  return world.functions.asking.invoke(
    { title, isTold },
    (ports, invocation) => {
      made.invocation = invocation;
      return resendRequest(ports, call());
    },
    (outcome, invocation) => {
      const said = heard(world, outcome, { invocation, success: 'done' });
      const resendsLeft = outcome.ok ? outcome.value.resends_left : undefined;
      Object.assign(made, { said, resendsLeft });
      const left = resendsLeft === undefined ? '' : `, and ${resendsLeft} more times`;
      world.story.tell(`  ${client.name}'s resend of request ${request.number} is answered: ${said}${left}.`);
    },
  );
}

/** A client enters the number that its user read on a phone, or guessed. */
export function enter(
  world: World,
  request: RequestStory,
  how: { readonly number: string; readonly isTold: boolean },
): Promise<Invocation> | undefined {
  const found = about(world, request);
  if (!found) return undefined;
  const { number, isTold } = how;
  const { client, title, isOwn, call } = found;
  world.story.tell(`${client.name} enters the number ${number} for request ${request.number} (${title}).`);
  const entered: EnteredNumber = { by: 'client', number, startedAt: world.scheduler.next() };
  if (isOwn) request.numbers.push(entered);
  return world.functions.asking.invoke(
    { title, isTold },
    (ports, invocation) => {
      entered.invocation = invocation;
      return enterNumber(ports, call({ number }));
    },
    (outcome, invocation) => {
      const said = heard(world, outcome, { invocation, success: 'accepted' });
      noteEntered(world, entered, { outcome, said });
      world.story.tell(`  ${client.name} hears about its number for request ${request.number}: ${said}.`);
    },
  );
}

/** Notes what was said about a number. */
export function noteEntered(
  world: World,
  entered: EnteredNumber,
  { outcome, said }: { readonly outcome: Parameters<typeof heard>[1]; readonly said: string },
): void {
  const refusal = 'refusal' in outcome ? outcome.refusal : undefined;
  const attemptsLeft = refusal?.reason === 'wrong_number' ? refusal.attemptsLeft : undefined;
  Object.assign(entered, { said, attemptsLeft, endedAt: world.scheduler.next() });
}
