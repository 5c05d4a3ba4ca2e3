import { sha256 } from '../../../../provider/core/digest.ts';
import { answerRequest, readRequestDetails } from '../../../../provider/flows/deciding/answer-request.ts';
import { ISSUER } from '../../../core/given.ts';
import type { EnteredNumber, RequestStory } from '../history.ts';
import type { Invocation } from '../invocation.ts';
import { signedBy } from '../stand-ins.ts';
import type { World } from '../world.ts';
import { heard, nextCall, note } from './calling.ts';
import { noteEntered } from './client-calls.ts';

// What phones do. Each is one call of the function `device`.

type Phone = World['phones'][number];

/** How a phone answers. `number`: what its user typed with an approval. */
export type HowAnswered = {
  readonly request: RequestStory;
  readonly decision: 'approve' | 'deny';
  readonly isReport: boolean;
  readonly number?: string | undefined;
  readonly isTold: boolean;
};

/** A phone reads what is asked. Nothing comes in between. */
export async function read(world: World, phone: Phone, { requestId }: RequestStory): Promise<void> {
  const path = `/device/requests/${requestId}`;
  const claims = { ...claimsOf(world, phone), htm: 'GET', htu: new URL(path, ISSUER).href };
  const assertion = signedBy(keyOf(phone), { alg: 'ES256', typ: 'ciba-device+jwt' }, claims);
  const invocation = await world.functions.device.invoke(
    { title: nextCall(world), isTold: false },
    (ports) => readRequestDetails(ports, { assertion, method: 'GET', path, requestId, note }),
    (outcome) => {
      if (outcome.ok) phone.hashes.set(requestId, sha256(outcome.value.bytes));
    },
  );
  await world.scheduler.finish(invocation);
}

/** A phone answers what it has read. */
export function answer(world: World, phone: Phone, how: HowAnswered): Promise<Invocation> | undefined {
  const { request, decision, isReport, number, isTold } = how;
  const { requestId } = request;
  const response = responseOf(world, phone, how);
  if (response === undefined) return undefined;
  const title = nextCall(world);
  world.story.tell(`${phone.deviceId} ${wordsOf(how)} (${title}).`);
  const { sub, deviceId } = phone;
  const { clientId } = request;
  const startedAt = world.scheduler.next();
  if (isReport) world.history.attempts.push({ what: 'client reported', clientId, sub, startedAt });
  const entered: EnteredNumber | undefined = number === undefined ? undefined : { by: 'phone', number, startedAt };
  if (entered) request.numbers.push(entered);
  return world.functions.device.invoke(
    { title, isTold },
    (ports, invocation) => {
      if (entered) entered.invocation = invocation;
      return answerRequest(ports, { requestId, response, correlationId: title.replace(' ', '-'), note });
    },
    (outcome, invocation) => {
      const said = heard(world, outcome, { invocation, success: 'accepted' });
      request.answers.push({ ...world.when, deviceId, decision, invocation, said });
      if (entered) noteEntered(world, entered, { outcome, said });
      const shown = outcome.ok ? outcome.value.number : undefined;
      if (shown !== undefined) request.shownNumber = shown;
      const shows = shown === undefined ? '' : `, and shows the number ${shown}`;
      world.story.tell(`  ${deviceId} hears about its answer to request ${request.number}: ${said}${shows}.`);
      if (outcome.ok) noteAccepted(world, { phone, how, invocation });
    },
  );
}

function noteAccepted(world: World, done: { phone: Phone; how: HowAnswered; invocation: Invocation }): void {
  const { phone, how, invocation } = done;
  const { request, decision, isReport } = how;
  const { sub, deviceId } = phone;
  const { clientId } = request;
  const when = world.when;
  request.accepted.push({ ...when, deviceId, decision, isReport, invocation });
  if (!isReport) return;
  // A report that is sent again is the first one: an operator may have ended it since.
  const first = request.commits.find(({ to }) => to === 'denied')?.invocation ?? invocation;
  const { startedAt, startedClock } = first;
  world.history.revocations.push({ ...when, startedAt, startedClock, what: 'client reported', clientId, sub });
}

function wordsOf({ request, decision, isReport, number }: HowAnswered): string {
  if (isReport) return `reports request ${request.number} as fraud`;
  return `answers request ${request.number}: ${decision}${number === undefined ? '' : `, with the number ${number}`}`;
}

/** What the phone signs. Undefined if it has not read the request. */
function responseOf(world: World, phone: Phone, { request, decision, isReport, number }: HowAnswered) {
  const hash = phone.hashes.get(request.requestId);
  if (hash === undefined) return undefined;
  const claims = {
    ...claimsOf(world, phone),
    request_id: request.requestId,
    decision,
    details_hash: hash,
    amr: [],
    ...(isReport && { reason: 'fraud' }),
    ...(number !== undefined && { number }),
  };
  return signedBy(keyOf(phone), { alg: 'ES256', typ: 'ciba-response+jwt' }, claims);
}

const keyOf = ({ deviceId }: Phone) => deviceId.padEnd(43, '_');

let jtis = 0;
function claimsOf(world: World, { deviceId, sub }: Phone) {
  const iat = world.time.now;
  jtis += 1;
  return { iss: deviceId, sub, aud: ISSUER, iat, exp: iat + 120, jti: `jti-${jtis}` };
}
