import { ACCEPTED_AMR } from '../../../provider/core/deciding/device-response.ts';
import type { Refusal } from '../../../provider/core/refusal.ts';
import { DEVICES, NOW, NUMBER, REQUESTS, UNKNOWN_REQUEST } from './given.ts';
import { read } from './readings.ts';
import { type Different, responseOf } from './signing.ts';
import type { Vector } from './vector.ts';

type Device = (typeof DEVICES)[keyof typeof DEVICES];
type Request = (typeof REQUESTS)[keyof typeof REQUESTS];
type Answered = { readonly by: Device; readonly request: Pick<Request, 'requestId' | 'details'> };

const wrong = (claim: string, expected: string): Refusal => ({ reason: 'device_token_claim', claim, expected });
const failed = (because: 'type' | 'signature' | 'algorithm'): Refusal => ({
  reason: 'device_not_authenticated',
  because,
});
const DONE = { status: 204 } as const;

/** An answer, without what the provider says to it. */
function respond(name: string, { by, request }: Answered, different: Different & { decision?: 'deny' } = {}) {
  const { decision = 'approve', ...more } = different;
  const { requestId, details } = request;
  const signed = responseOf(by, { requestId, hash: details.hash, decision, jti: name }, more);
  const path = `/device/requests/${requestId}/response`;
  return { name, route: 'POST /device/requests/{request_id}/response', path, signed } as const;
}
const leaving = { by: DEVICES.ana, request: REQUESTS.toLeave };
const bad = (name: string, refusal: Refusal, different: Different & { decision?: 'deny' }): Vector => ({
  ...respond(name, leaving, different),
  answer: { refusal },
});

const approving = { by: DEVICES.ana, request: REQUESTS.toApprove };
const denying = { by: DEVICES.ana, request: REQUESTS.toDeny };
const deny = 'deny';

const byFinn = { by: DEVICES.finn, request: REQUESTS.ofFinn };
const insufficient = (hasVerificationKey: boolean): Vector['answer'] => ({
  refusal: { reason: 'verification_insufficient', suffices: REQUESTS.ofFinn.asked.acrValues ?? [], hasVerificationKey },
});

/** Calls that answer a request for which classes were asked. */
const VERIFIED: readonly Vector[] = [
  {
    ...respond('an approval that a phone with two keys signs with its first, after a tap', byFinn, {
      claims: { amr: ['user'] },
    }),
    answer: insufficient(true),
  },
  {
    ...respond('an approval that says more than the first of two keys can', byFinn, { claims: { amr: ['pin'] } }),
    answer: { refusal: { reason: 'amr_needs_verification_key', method: 'pin' } },
  },
  {
    ...respond('an approval by the second key, by a method that does not suffice', byFinn, {
      key: 'verification',
      claims: { amr: ['iris'] },
    }),
    answer: insufficient(true),
  },
  {
    ...respond('an approval by the second key that suffices', byFinn, {
      key: 'verification',
      claims: { amr: ['fpt'] },
    }),
    answer: DONE,
  },
  {
    ...respond(
      'a denial by the first of two keys',
      { by: DEVICES.finn, request: REQUESTS.ofFinnToo },
      { decision: deny },
    ),
    answer: DONE,
  },
  {
    ...respond(
      'an approval by a phone with one key, where the class needs a second one',
      { by: DEVICES.ana, request: REQUESTS.ofAnaWithClasses },
      { claims: { amr: ['fpt'] } },
    ),
    answer: insufficient(false),
  },
  {
    ...respond(
      'an approval by a phone with one key that suffices',
      { by: DEVICES.ana, request: REQUESTS.ofAnaWithClasses },
      { claims: { amr: ['pin'] } },
    ),
    answer: DONE,
  },
];

const matching = { by: DEVICES.ana, request: REQUESTS.toMatch };
const showing = { by: DEVICES.ana, request: REQUESTS.toShow };

/** Calls that answer a request for which a number has to be entered. */
const NUMBERED: readonly Vector[] = [
  {
    ...respond('an approval without the number that the phone has to enter', matching),
    answer: { refusal: { reason: 'number_required' } },
  },
  {
    ...respond('an approval with a number of one digit', matching, { claims: { number: '7' } }),
    answer: { refusal: wrong('number', 'two digits') },
  },
  {
    ...respond('an approval with a wrong number', matching, { claims: { number: '70' } }),
    answer: { refusal: { reason: 'wrong_number', attemptsLeft: 2 } },
  },
  { ...respond('an approval with the right number', matching, { claims: { number: NUMBER } }), answer: DONE },
  {
    ...respond('an approval with a number where the client enters it', showing, { claims: { number: NUMBER } }),
    answer: { refusal: wrong('number', 'absent: this device has to enter no number') },
  },
  {
    ...respond('an approval whose number the phone has to show', showing),
    answer: { status: 200, body: { number: NUMBER }, varies: ['number'] },
  },
  {
    ...respond(
      'a denial by another phone of the user, before the client enters the number',
      { ...showing, by: DEVICES.anaTablet },
      { decision: deny },
    ),
    answer: DONE,
  },
];

/** Calls that answer a request, in the order of what happens to it. */
export const ANSWERS: readonly Vector[] = [
  bad(
    'an answer with the hash of other bytes',
    { reason: 'details_hash_mismatch' },
    {
      claims: { details_hash: REQUESTS.toDeny.details.hash },
    },
  ),
  bad('an answer without the hash', { reason: 'details_hash_mismatch' }, { claims: { details_hash: undefined } }),
  bad('an answer that names another request', wrong('request_id', 'the id of this request'), {
    claims: { request_id: REQUESTS.toDeny.requestId },
  }),
  bad('an answer that decides nothing', wrong('decision', 'approve or deny'), { claims: { decision: 'later' } }),
  bad('an approval with a reason', wrong('reason', 'absent when the decision is approve'), {
    claims: { reason: 'fraud' },
  }),
  bad('a denial with a sentence as its reason', wrong('reason', '1 to 32 lower-case letters or underscores'), {
    decision: deny,
    claims: { reason: 'Not me.' },
  }),
  bad('an approval with a method that is not accepted', wrong('amr', `up to four of ${ACCEPTED_AMR.join(', ')}`), {
    claims: { amr: ['hwk'] },
  }),
  bad('an answer that has expired', wrong('exp', 'an instant that has not passed'), {
    claims: { iat: NOW - 120, exp: NOW - 60 },
  }),
  bad('an answer under the typ of an assertion', failed('type'), { header: { typ: 'ciba-device+jwt' } }),
  bad('an answer that another key signed', failed('signature'), { key: 'stranger' }),
  bad('an answer without a signature', failed('algorithm'), { key: 'none', header: { alg: 'none' } }),
  {
    ...respond('an answer to a request that never was', {
      by: DEVICES.ana,
      request: { requestId: UNKNOWN_REQUEST, details: REQUESTS.toLeave.details },
    }),
    answer: { refusal: { reason: 'request_not_found' } },
  },
  {
    ...respond('an answer to a request of another user', { by: DEVICES.bo, request: REQUESTS.toLeave }),
    answer: { refusal: { reason: 'request_not_found' } },
  },
  {
    ...respond('an answer that comes too late', { by: DEVICES.ana, request: REQUESTS.expired }),
    answer: { refusal: { reason: 'request_over' } },
  },
  {
    ...respond('an answer to a request that its client withdrew', { by: DEVICES.ana, request: REQUESTS.withdrawn }),
    answer: { refusal: { reason: 'request_withdrawn' } },
  },
  { ...respond('an approval', approving, { claims: { amr: ['fpt', 'user'] } }), answer: DONE },
  { ...respond('the same decision of the same phone again', approving), answer: DONE },
  {
    ...respond(
      'a denial by another phone of the user, after the approval',
      { ...approving, by: DEVICES.anaTablet },
      {
        decision: deny,
      },
    ),
    answer: { refusal: { reason: 'already_decided', state: 'approved' } },
  },
  {
    ...respond('a denial with a reason', denying, { decision: deny, claims: { reason: 'wrong_amount' } }),
    answer: DONE,
  },
  {
    ...respond('an approval by the same phone, after the denial', denying),
    answer: { refusal: { reason: 'already_decided', state: 'denied' } },
  },
  { ...respond('an approval by an RSA key', { by: DEVICES.eve, request: REQUESTS.ofEve }), answer: DONE },
  ...VERIFIED,
  ...NUMBERED,
  {
    ...respond(
      'a denial that reports fraud',
      { by: DEVICES.cleo, request: REQUESTS.ofCleo },
      {
        decision: deny,
        claims: { reason: 'fraud' },
      },
    ),
    answer: DONE,
  },
  {
    ...read('the details of another request of the reported client', DEVICES.cleo, REQUESTS.ofCleoToo.requestId),
    answer: { refusal: { reason: 'request_not_found' } },
  },
];
