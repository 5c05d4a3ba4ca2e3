import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { NUMBER_MATCHING } from '../../../provider/core/deciding/number-matching.ts';
import type { History, RequestStory, State } from './history.ts';
import type { Invocation } from './invocation.ts';

type Item = Readonly<Record<string, AttributeValue>>;
type Moment = { readonly at: number; readonly clock: number; readonly invocation: Invocation | undefined };
type Change = { readonly before: Item | undefined; readonly after: Item | undefined };

/** Sees how a stored request changes, and writes it down. */
export function watchRequest(history: History, requestId: string, { before, after }: Change, moment: Moment): void {
  if (!after) return;
  const request = history.find(requestId) ?? begin(history, requestId, after);
  const interval = Number(after['interval_seconds']?.N);
  if (interval < request.intervalSeconds)
    history.wrong.push(`the interval of request ${request.number} shrank to ${interval} s`);
  request.intervalSeconds = interval;
  request.rightNumber = after['number']?.S ?? request.rightNumber;
  noteAttempt(request, { before, after }, moment);
  const [from, to] = [before && stateOf(before), stateOf(after)];
  if (from === to) return;
  const deviceId = after['device_id']?.S;
  const hasTokens = after['sealed_tokens'] !== undefined;
  const because = after['failed_because']?.S;
  request.commits.push({ ...moment, to, deviceId, hasTokens, because });
}

function noteAttempt(request: RequestStory, { before, after }: Change, moment: Moment): void {
  const [earlier, now] = [before?.['attempts']?.L ?? [], after?.['attempts']?.L ?? []];
  const added = now.length > earlier.length ? now.at(-1)?.M : undefined;
  if (!before || !added) return;
  const began = Number(added['at']?.N);
  request.attempts.push({ ...moment, kind: added['kind']?.S ?? '', began, state: stateOf(before) });
}

function begin(history: History, requestId: string, item: Item): RequestStory {
  const text = (name: string) => item[name]?.S ?? '';
  const request: RequestStory = {
    number: history.requests.length + 1,
    requestId,
    clientId: text('client_id'),
    registrationId: text('registration_id'),
    sub: text('sub'),
    issuedAt: Number(item['issued_at']?.N),
    expiresAt: Number(item['expires_at']?.N),
    isSilent: item['denied_from'] !== undefined,
    isConcealed: item['is_concealed'] !== undefined,
    numberMatching: NUMBER_MATCHING.find((who) => who === item['number_matching']?.S),
    rightNumber: undefined,
    commits: [],
    polls: [],
    deliveries: [],
    missed: 0,
    accepted: [],
    answers: [],
    numbers: [],
    resends: [],
    attempts: [],
    withdrawals: [],
    intervalSeconds: 0,
  };
  history.requests.push(request);
  return request;
}

const STATES: readonly State[] = ['pending', 'approved', 'denied', 'failed', 'redeemed'];

/** A pending request with a grant is approved, and waits for its number. */
function stateOf(item: Item): State {
  const state = STATES.find((one) => one === item['state']?.S);
  if (!state) throw new Error(`an unknown state: ${item['state']?.S}`);
  return state === 'pending' && item['grant'] !== undefined ? 'awaiting_number' : state;
}
