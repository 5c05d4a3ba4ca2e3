import type { DeviceAuthenticationFailure } from '../../../provider/core/device/refusals.ts';
import type { Refusal } from '../../../provider/core/refusal.ts';
import { DEVICES, NOW, REQUESTS, UNKNOWN_REQUEST } from './given.ts';
import { assertionOf, type Different } from './signing.ts';
import type { Accepted, Vector } from './vector.ts';

type Device = (typeof DEVICES)[keyof typeof DEVICES];

const LIST = '/device/requests';
const failed = (because: DeviceAuthenticationFailure): Refusal => ({ reason: 'device_not_authenticated', because });
const wrong = (claim: string, expected: string): Refusal => ({ reason: 'device_token_claim', claim, expected });

/** A call of the list by Bo's phone that is refused. */
const badList = (name: string, refusal: Refusal, different: Different): Vector => ({
  name,
  route: 'GET /device/requests',
  path: LIST,
  assertion: assertionOf(DEVICES.bo, { method: 'GET', path: LIST, jti: name }, different),
  answer: { refusal },
});

function list(name: string, by: Device, body: Accepted['body']): Vector {
  const assertion = assertionOf(by, { method: 'GET', path: LIST, jti: name });
  return { name, route: 'GET /device/requests', path: LIST, assertion, answer: { status: 200, ...(body && { body }) } };
}

export function read(name: string, by: Device, requestId: string): Omit<Vector, 'answer'> {
  const path = `${LIST}/${requestId}`;
  const assertion = assertionOf(by, { method: 'GET', path, jti: name });
  return { name, route: 'GET /device/requests/{request_id}', path, assertion };
}

const bytesOf = ({ details }: (typeof REQUESTS)['ofBo']) => ({
  details: Buffer.from(details.bytes).toString('base64url'),
});
const listOf = (...requests: (typeof REQUESTS)['ofBo'][]) => ({
  requests: requests.map(({ requestId, issuedAt, expiresAt }) => ({
    request_id: requestId,
    issued_at: issuedAt,
    expires_at: expiresAt,
    times_rung: 1,
  })),
});

/** Calls that read: the list of pending requests, and the details of one. They change nothing. */
export const READINGS: readonly Vector[] = [
  list('a list of what waits', DEVICES.bo, listOf(REQUESTS.ofBo)),
  list('the same list, asked for by an RSA key', DEVICES.eve, listOf(REQUESTS.ofEve)),
  {
    name: 'a list without a credential',
    route: 'GET /device/requests',
    path: LIST,
    answer: { refusal: failed('no_credential') },
  },
  badList('a list with an assertion that names no device', failed('malformed'), { claims: { iss: undefined } }),
  badList('a list by a device that is not enrolled', failed('unknown_device'), {
    claims: { iss: 'AAAAAAAAAAAAAAAAAAAAAA' },
  }),
  badList('a list by a device in the name of another user', failed('unknown_device'), { claims: { sub: 'ana' } }),
  badList('a list under another typ', failed('type'), { header: { typ: 'ciba-response+jwt' } }),
  badList('a list with an assertion that another key signed', failed('signature'), { key: 'stranger' }),
  badList('a list with an assertion without a signature', failed('algorithm'), {
    key: 'none',
    header: { alg: 'none' },
  }),
  badList('a list whose assertion names an algorithm that is not the one of the key', failed('algorithm'), {
    header: { alg: 'RS256' },
  }),
  badList('a list with a critical extension in the header', failed('malformed'), {
    header: { crit: ['b64'], b64: true },
  }),
  {
    name: 'a list by the phone of a blocked user',
    route: 'GET /device/requests',
    path: LIST,
    assertion: assertionOf(DEVICES.dan, { method: 'GET', path: LIST, jti: 'blocked' }),
    answer: { refusal: failed('user_blocked') },
  },
  badList('a list with an assertion for another issuer', wrong('aud', 'the issuer as a single string'), {
    claims: { aud: ['https://login.example.com/'] },
  }),
  badList('a list with an assertion from the future', wrong('iat', 'an instant that is not in the future'), {
    claims: { iat: NOW + 61, exp: NOW + 121 },
  }),
  badList('a list with an assertion that has expired', wrong('exp', 'an instant that has not passed'), {
    claims: { iat: NOW - 120, exp: NOW - 60 },
  }),
  badList('a list with an assertion for another method', wrong('htm', 'the HTTP method of this call'), {
    claims: { htm: 'POST' },
  }),
  badList('a list with an assertion for another URL', wrong('htu', 'the URL of this call'), {
    claims: { htu: 'https://login.example.com/device/requests/' },
  }),
  { ...read('the details of a request', DEVICES.ana, REQUESTS.toApprove.requestId), answer: ok(REQUESTS.toApprove) },
  {
    ...read('details with letters beyond ASCII and quotes', DEVICES.ana, REQUESTS.toLeave.requestId),
    answer: ok(REQUESTS.toLeave),
  },
  {
    ...read('the details of a request whose number the phone enters', DEVICES.ana, REQUESTS.toMatch.requestId),
    answer: ok(REQUESTS.toMatch),
  },
  {
    ...read('the details of a request that never was', DEVICES.ana, UNKNOWN_REQUEST),
    answer: { refusal: { reason: 'request_not_found' } },
  },
  {
    ...read('the details of a request of another user', DEVICES.bo, REQUESTS.toApprove.requestId),
    answer: { refusal: { reason: 'request_not_found' } },
  },
  {
    ...read('the details of a request that has expired', DEVICES.ana, REQUESTS.expired.requestId),
    answer: { refusal: { reason: 'request_over' } },
  },
  {
    ...read('the details of a request that its client withdrew', DEVICES.ana, REQUESTS.withdrawn.requestId),
    answer: { refusal: { reason: 'request_withdrawn' } },
  },
];

function ok(request: (typeof REQUESTS)['ofBo']): Accepted {
  const { numberMatching } = request;
  return { status: 200, body: { ...bytesOf(request), ...(numberMatching && { number_matching: numberMatching }) } };
}
