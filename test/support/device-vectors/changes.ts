import type { Refusal } from '../../../provider/core/refusal.ts';
import { DEVICES } from './given.ts';
import { assertionOf } from './signing.ts';
import type { Vector } from './vector.ts';

type Device = (typeof DEVICES)[keyof typeof DEVICES];
const { ana, anaTablet } = DEVICES;

/** A call about one device, by itself unless another one is named. */
function manage(
  name: string,
  call: { method: 'PATCH' | 'DELETE'; of: Device; by?: Device; jti?: string },
): Omit<Vector, 'answer'> {
  const { method, of, by = of, jti = name } = call;
  const path = `/devices/${of.deviceId}`;
  const assertion = assertionOf(by, { method, path, jti });
  return { name, route: `${method} /devices/{device_id}`, path, assertion };
}

/** A phone sets the user code of its person. */
function setCode(name: string, jti = name): Omit<Vector, 'answer'> {
  const path = '/device/user-code';
  return { name, route: 'PUT /device/user-code', path, assertion: assertionOf(ana, { method: 'PUT', path, jti }) };
}

const wrong = (claim: string, expected: string): Refusal => ({ reason: 'device_token_claim', claim, expected });
const REPLAYED: Vector['answer'] = { refusal: { reason: 'device_not_authenticated', because: 'replayed' } };
const viewOf = ({ deviceId, enrolledAt }: Device, name: string) => ({
  device_id: deviceId,
  name,
  platform: 'GCM',
  push: 'reachable',
  enrolled_at: enrolledAt,
});

/** Calls that change or remove a device. */
export const CHANGES: readonly Vector[] = [
  {
    ...manage('a change of name and push token', { method: 'PATCH', of: ana, jti: 'change' }),
    body: { name: 'Work phone', push_token: 'fcm-token-renewed' },
    answer: { status: 200, body: viewOf(ana, 'Work phone') },
  },
  {
    ...manage('the same assertion for a change again', { method: 'PATCH', of: ana, jti: 'change' }),
    body: { name: 'Work phone' },
    answer: REPLAYED,
  },
  {
    ...manage('a change of another phone', { method: 'PATCH', of: ana, by: anaTablet }),
    body: { name: 'Work phone' },
    answer: { refusal: { reason: 'device_not_own' } },
  },
  {
    ...manage('a change to a name with a space at its end', { method: 'PATCH', of: ana }),
    body: { name: 'Work phone ' },
    answer: { refusal: wrong('name', '1 to 64 readable characters') },
  },
  {
    ...manage('a change to a push token that the push service does not know', { method: 'PATCH', of: ana }),
    body: { push_token: 'unknown-token' },
    answer: { refusal: { reason: 'push_token_refused' } },
  },
  {
    ...setCode('a user code', 'code'),
    body: { user_code: '4711' },
    answer: { status: 204 },
  },
  {
    ...setCode('the same assertion for another user code', 'code'),
    body: { user_code: '0815' },
    answer: REPLAYED,
  },
  {
    ...setCode('a user code that is too short'),
    body: { user_code: '123' },
    answer: {
      refusal: {
        reason: 'invalid_parameter',
        name: 'user_code',
        expected: '4 to 64 letters, digits, punctuation marks or symbols, with spaces only between them',
      },
    },
  },
  { ...manage('a removal of another phone', { method: 'DELETE', of: ana, by: anaTablet }), answer: notOwn() },
  { ...manage('a removal', { method: 'DELETE', of: anaTablet }), answer: { status: 204 } },
  {
    ...manage('a call of a removed phone', { method: 'DELETE', of: anaTablet }),
    answer: { refusal: { reason: 'device_not_authenticated', because: 'unknown_device' } },
  },
];

function notOwn(): Vector['answer'] {
  return { refusal: { reason: 'device_not_own' } };
}
