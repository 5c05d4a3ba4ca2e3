import type { Client } from '../../core/client/client.ts';
import { type AuthenticationRequest, hasWrongNumbers } from '../../core/deciding/authentication-request.ts';
import { type AwaitingRequest, judgeEntered } from '../../core/deciding/entered-number.ts';
import { isNumberText, NUMBER_TRIES } from '../../core/deciding/number-matching.ts';
import { single } from '../../core/form.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { ClientAuthenticationPorts } from '../client/authenticate-client.ts';
import type { ClientCall } from '../client/authentication/method.ts';
import { type CountWrongNumberPorts, countWrongNumber } from '../deciding/count-wrong-number.ts';
import type { NumberedRequests } from '../deciding/ports.ts';
import type { Announcements } from '../notifying/ports.ts';
import { type CloseOpenedPorts, closeEnded } from './close-opened.ts';
import { readOwnRequestCall } from './own-request.ts';
import type { WithdrawableRequests } from './ports.ts';

/** What this flow needs. */
export type EnterNumberPorts = ClientAuthenticationPorts &
  CountWrongNumberPorts &
  CloseOpenedPorts & {
    readonly numbers: NumberedRequests;
    readonly announcements: Announcements;
    readonly withdrawable: Pick<WithdrawableRequests, 'findOpened'>;
  };

/** A number that was entered, and the request for which it was. */
type Entered = {
  readonly client: Client;
  readonly requestId: string;
  readonly authReqId: string;
  readonly number: string;
};

/**
 * Takes the number that a client's user read on the phone and typed where the request began (docs/number-matching.md).
 * The right one makes the approval count, with one conditional write. Before it, a client that is notified is announced
 * the end of its request, so that it is pinged or pushed its tokens. A wrong number is announced too, because it may be
 * the last: so it takes as long as a right one. A request that asks nobody allows as many wrong numbers as any other.
 */
export async function enterNumber(ports: EnterNumberPorts, call: ClientCall): Promise<Result<void>> {
  const own = await readOwnRequestCall(ports, call);
  if (!own.ok) return own;
  const { client, requestId, authReqId } = own.value;
  const number = single(call.form, 'number');
  if (number === undefined) return refuse({ reason: 'missing_parameter', name: 'number' });
  if (!isNumberText(number)) return refuse({ reason: 'invalid_parameter', name: 'number', expected: 'two digits' });
  if (requestId === undefined) return refuse({ reason: 'number_not_awaited', because: 'unknown' });
  const entered = { client, requestId, authReqId, number };
  const request = await ports.numbers.findRequest(requestId);
  const judged = judgeEntered(request, { client, entered: number, now: ports.clock() });
  if (!judged.ok) {
    const isOwnEnd = judged.refusal.reason === 'number_not_awaited' && judged.refusal.because === 'over';
    if (isOwnEnd && request && hasWrongNumbers(request)) await closeEnded(ports, request, authReqId);
    return judged;
  }
  const { deliveryMode, clientId } = client;
  const { correlationId } = call;
  if (deliveryMode !== 'poll') await ports.announcements.announce({ requestId, clientId, correlationId });
  const { matched } = judged.value;
  const outcome = await (matched ? match(ports, entered, matched) : countWrong(ports, entered, judged.value.request));
  if (outcome.ok) call.note({ reason: 'number_matched' });
  return outcome;
}

/**
 * Makes the approval count. If another number was counted since the request was read, this one is judged once more: each
 * brings the request closer to its end.
 */
async function match(ports: EnterNumberPorts, entered: Entered, request: AwaitingRequest): Promise<Result<void>> {
  let awaiting = request;
  for (let round = 0; round <= NUMBER_TRIES; round += 1) {
    const now = ports.clock();
    const recorded = await ports.numbers.recordMatch({ request: awaiting, now });
    if (recorded.recorded) {
      const { requestId, sub, clientId } = awaiting;
      ports.audit.write({ event: 'number_matched', requestId, sub, clientId }, now);
      if (leavesOpen(ports)) await closeEnded(ports, awaiting, entered.authReqId);
      return ok(undefined);
    }
    const judged = judgeEntered(recorded.stored, { client: entered.client, entered: entered.number, now });
    if (!judged.ok) return judged;
    const { matched } = judged.value;
    if (!matched) return countWrong(ports, entered, judged.value.request);
    awaiting = matched;
  }
  throw new Error('the authentication request kept changing while a number was entered');
}

/** Whether a request is closed when it ends. The phone's approval does not close it, because the client would notice. */
function leavesOpen({ settings: { hasOneOpenRequest, needsMessageWhileOpen } }: EnterNumberPorts): boolean {
  return hasOneOpenRequest || needsMessageWhileOpen;
}

/** Counts a wrong number. After the last one the client may ask the user again; if that fails, the count stays. */
async function countWrong(
  ports: EnterNumberPorts,
  { authReqId }: Entered,
  request: AuthenticationRequest,
): Promise<Result<void>> {
  const counted = await countWrongNumber(ports, request);
  if (counted?.attemptsLeft === 0) await closeEnded(ports, request, authReqId);
  return refuse(counted ? { reason: 'wrong_number', ...counted } : { reason: 'number_not_awaited', because: 'over' });
}
