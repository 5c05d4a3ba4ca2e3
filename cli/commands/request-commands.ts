import type { AskedRequestView, AttemptView, RequestState } from '../../provider/core/person/asked-request.ts';
import { type Tone, type Toned, toned } from '../command-line/colour.ts';
import { command, type Noun } from '../command-line/command.ts';
import { Refused } from '../command-line/failure.ts';
import { fieldList, instant, plainLine, quoted, table } from '../command-line/text-layout.ts';
import { findUser, USER_ARGUMENT, USER_OPTIONS } from './user-reference.ts';

const list = command({
  name: 'list',
  about: 'Lists the requests that a user got, the newest first, and how often the phones were rung for each.',
  notes:
    'A request is kept until an hour after its end. Requests that rang nobody on purpose are not in the list: those of a client that the user reported, and those of concealed users.',
  arguments: [USER_ARGUMENT],
  options: USER_OPTIONS,
  examples: ['ciba request list anna@example.com'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { json, body } = await api.call('GET /admin/users/{sub}/requests', { parameters: { sub } });
    const rows = body.requests.map(({ txn, client_id, state, issued_at, expires_at, attempts }) => [
      txn,
      client_id,
      shown(state),
      instant(issued_at),
      instant(expires_at),
      String(attempts.filter(({ devices }) => devices !== 0).length),
    ]);
    const text = table(['TXN', 'CLIENT', 'STATE', 'ASKED', 'EXPIRES', 'RUNG'], rows);
    return { json, text: rows.length > 0 ? text : 'No request is kept of this user.' };
  },
});

const show = command({
  name: 'show',
  about: 'Shows one request of a user, and each attempt to ring the phones: when, why, and what came of it.',
  notes:
    'Of the first push the provider keeps to how many devices it went. What SNS said to it, and the id of each push, are in the logs: ciba trace TXN. An attempt without a number of devices began, and its function ended before it could say more.',
  arguments: [
    USER_ARGUMENT,
    { name: 'txn', about: 'The txn of the request, or its request id. See ciba request list.' },
  ],
  options: USER_OPTIONS,
  examples: ['ciba request show anna@example.com 5c1f0e9a7b3d2468'],
  async run({ api, argument, options }) {
    const { sub } = (await findUser(api, argument.user, options)).body;
    const { body } = await api.call('GET /admin/users/{sub}/requests', { parameters: { sub } });
    const found = body.requests.find(({ txn, request_id }) => [txn, request_id].includes(argument.txn));
    if (!found)
      throw new Refused(
        `User ${quoted(sub)} has no request ${quoted(argument.txn)}.`,
        `See ciba request list. A request is kept until an hour after its end; the logs know it for longer: ciba trace ${plainLine(argument.txn)}`,
      );
    return { json: JSON.stringify(found), text: requestText(found) };
  },
});

function requestText({ attempts, issued_at, expires_at, state, ...request }: AskedRequestView): string {
  const { txn, client_id, request_id } = request;
  const fields = {
    txn,
    request_id,
    client_id,
    state: WORDS[state],
    asked: instant(issued_at),
    expires: instant(expires_at),
  };
  const rows = attempts.map(({ kind, at, devices, accepted, errors }) => [
    kind,
    instant(at),
    devices === undefined ? 'unknown' : String(devices),
    acceptedOf({ kind, accepted }),
    errors === undefined ? '-' : plainLine(errors),
  ]);
  return `${fieldList(fields)}\n\n${table(['ATTEMPT', 'AT', 'DEVICES', 'ACCEPTED', 'ERRORS'], rows)}`;
}

/** Of a first push that was accepted, nobody keeps for how many devices. */
function acceptedOf({ kind, accepted }: Pick<AttemptView, 'kind' | 'accepted'>): Toned | string {
  if (accepted === 0) return toned('warning', '0');
  if (accepted !== undefined) return String(accepted);
  return kind === 'first' ? '1 or more' : 'unknown';
}

const WORDS: Readonly<Record<RequestState, string>> = {
  pending: 'waits for the answer',
  awaiting_number: 'approved, waits for the number',
  approved: 'approved, tokens not fetched yet',
  denied: 'denied',
  redeemed: 'approved, tokens issued',
  expired: 'expired',
  failed: 'failed: no push was accepted',
  taken_back: 'approved, and taken back before the tokens were fetched',
  withdrawn: 'withdrawn by the client',
  wrong_number: 'failed: too many wrong numbers',
};

const TONES: Partial<Record<RequestState, Tone>> = {
  approved: 'good',
  redeemed: 'good',
  denied: 'warning',
  failed: 'bad',
  wrong_number: 'warning',
  taken_back: 'warning',
};

function shown(state: RequestState): Toned | string {
  const tone = TONES[state];
  return tone ? toned(tone, state) : state;
}

/** `ciba request …` */
export const requestNoun: Noun = {
  name: 'request',
  about: 'The requests that a user got, and each attempt to reach them.',
  commands: [list, show],
};
