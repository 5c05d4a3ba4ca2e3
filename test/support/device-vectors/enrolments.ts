import type { Refusal } from '../../../provider/core/refusal.ts';
import { ISSUER, NOW, TICKETS } from './given.ts';
import { type KeyName, keyNamed } from './keys.ts';
import { type Different, enrolmentOf, proofOf } from './signing.ts';
import type { Vector } from './vector.ts';

const KEY_EXPECTED = 'an EC key on P-256 or an RSA key of 2048 to 4096 bits with e AQAB';
const wrong = (claim: string, expected: string): Refusal => ({ reason: 'device_token_claim', claim, expected });

const call = { route: 'POST /devices', path: '/devices' } as const;
const enrolled = (sub: string): Vector['answer'] => ({
  status: 201,
  body: { device_id: 'xI_7hfaI4oF_DwK3IEFumA', sub, issuer: ISSUER },
  varies: ['device_id'],
});

const good = (name: string, by: { sub: 'ana' | 'eve'; key: KeyName }): Vector => ({
  name,
  ...call,
  signed: enrolmentOf(by.key, { ticket: TICKETS[by.sub].ticket, name: 'New phone', jti: `enrol ${by.sub}` }),
  answer: enrolled(by.sub),
});
const bad = (name: string, refusal: Refusal, different: Different = {}): Vector => ({
  name,
  ...call,
  signed: enrolmentOf('stranger', { ticket: TICKETS.ana.ticket, name: 'New phone', jti: name }, different),
  answer: { refusal },
});

/** A call that enrols the key `stranger` beside a second key, which proves itself with what is different. */
const withSecond = (name: string, second: Parameters<typeof proofOf>, answer: Vector['answer']): Vector => ({
  name,
  ...call,
  signed: enrolmentOf(
    'stranger',
    { ticket: TICKETS.gwen.ticket, name: 'New phone', jti: name },
    { verificationKey: proofOf(...second) },
  ),
  answer,
});
const forGwen = { ticket: TICKETS.gwen.ticket, beside: 'stranger', jti: 'second key' } as const;

/** Calls that enrol a phone with two keys. */
const WITH_TWO_KEYS: readonly Vector[] = [
  withSecond(
    'an enrolment whose second key proved itself for another ticket',
    ['verification', { ...forGwen, ticket: TICKETS.ana.ticket }],
    { refusal: wrong('ticket', 'in verification_key that of the enrolment') },
  ),
  withSecond(
    'an enrolment whose second key proved itself beside another key',
    ['verification', { ...forGwen, beside: 'phone' }],
    { refusal: wrong('jkt', 'in verification_key the thumbprint of the key that signs the enrolment') },
  ),
  withSecond('an enrolment whose second key is its first', ['stranger', forGwen], {
    refusal: { reason: 'verification_key_not_another' },
  }),
  withSecond('an enrolment whose second key did not sign its proof', ['verification', forGwen, { key: 'phone' }], {
    refusal: { reason: 'verification_key_signature' },
  }),
  withSecond('an enrolment with two keys', ['verification', forGwen], {
    status: 201,
    body: { device_id: 'xI_7hfaI4oF_DwK3IEFumA', sub: 'gwen', issuer: ISSUER, verification_key: true },
    varies: ['device_id'],
  }),
  withSecond('the same enrolment with another second key', ['other phone', forGwen], {
    refusal: { reason: 'ticket_not_usable' },
  }),
];

/** Calls of `POST /devices`. Those that are refused come first: they leave the ticket as it was. */
export const ENROLMENTS: readonly Vector[] = [
  bad('an enrolment under another typ', { reason: 'enrolment_signature' }, { header: { typ: 'ciba-response+jwt' } }),
  bad('an enrolment that another key signed', { reason: 'enrolment_signature' }, { key: 'phone' }),
  bad('an enrolment without a signature', { reason: 'enrolment_signature' }, { key: 'none', header: { alg: 'none' } }),
  bad(
    'an enrolment whose header has the algorithm of another kind of key',
    { reason: 'enrolment_signature' },
    { header: { alg: 'RS256' } },
  ),
  bad(
    'an enrolment of a key on another curve',
    { reason: 'device_key_not_accepted', expected: KEY_EXPECTED },
    { header: { jwk: { ...keyNamed('stranger').publicJwk, crv: 'secp256k1' } } },
  ),
  bad('an enrolment for another issuer', wrong('aud', 'the issuer as a single string'), {
    claims: { aud: 'https://login.example.net/' },
  }),
  bad('an enrolment that has expired', wrong('exp', 'an instant that has not passed'), {
    claims: { iat: NOW - 180, exp: NOW - 60 },
  }),
  bad('an enrolment that lives for too long', wrong('exp', 'at most 120 seconds after iat'), {
    claims: { exp: NOW + 121 },
  }),
  bad('an enrolment without a jti', wrong('jti', '1 to 256 characters'), { claims: { jti: undefined } }),
  bad('an enrolment with an emoji in the name', wrong('name', '1 to 64 readable characters'), {
    claims: { name: 'Phone 📱' },
  }),
  bad('an enrolment for an unknown platform', wrong('platform', 'APNS, APNS_SANDBOX, GCM'), {
    claims: { platform: 'FCM' },
  }),
  bad('an enrolment with a space in the push token', wrong('push_token', '1 to 2048 printable ASCII characters'), {
    claims: { push_token: 'fcm token' },
  }),
  bad(
    'an enrolment with a push token that the push service does not know',
    { reason: 'push_token_refused' },
    {
      claims: { push_token: 'unknown-token' },
    },
  ),
  bad('an enrolment with an unknown ticket', { reason: 'ticket_not_usable' }, { claims: { ticket: 'unknown' } }),
  bad(
    'an enrolment with a ticket that has expired',
    { reason: 'ticket_not_usable' },
    {
      claims: { ticket: TICKETS.bo.ticket },
    },
  ),
  good('an enrolment', { sub: 'ana', key: 'stranger' }),
  good('the same enrolment again, after a lost answer', { sub: 'ana', key: 'stranger' }),
  {
    name: 'an enrolment of another key with the same ticket',
    ...call,
    signed: enrolmentOf('phone', { ticket: TICKETS.ana.ticket, name: 'New phone', jti: 'enrol another key' }),
    answer: { refusal: { reason: 'ticket_not_usable' } },
  },
  good('an enrolment of an RSA key', { sub: 'eve', key: 'RSA phone' }),
  ...WITH_TWO_KEYS,
  {
    name: 'an enrolment in a body of another media type',
    ...call,
    body: 'enrolment=x',
    contentType: 'application/x-www-form-urlencoded',
    answer: { refusal: { reason: 'unsupported_media_type', expected: 'application/json' } },
  },
  {
    name: 'an enrolment in a body that is no JSON',
    ...call,
    body: 'x',
    answer: { refusal: { reason: 'malformed_body', expected: 'a JSON object in UTF-8, at most 8 levels deep' } },
  },
  {
    name: 'an enrolment beside a member that is not known',
    ...call,
    body: { enrolment: 'x', name: 'New phone' },
    answer: {
      refusal: { reason: 'invalid_parameter', name: 'name', expected: 'absent: it is not known here', isUnknown: true },
    },
  },
];
