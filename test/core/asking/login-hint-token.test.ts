import { describe, expect, it } from 'vitest';
import type { HintIssuer } from '../../../provider/core/asking/hint-issuer.ts';
import { trustedIssuer } from '../../../provider/core/asking/hint-issuer.ts';
import { checkHintToken } from '../../../provider/core/asking/login-hint-token.ts';
import { ISSUER, NAMES, NOW, refusalOf, valueFrom } from '../given.ts';

const DAY = 86_400;
const EMAIL = { format: 'email', email: 'Ann@example.com' };
const CLAIMS = { iss: 'https://hints.example/', aud: ISSUER, iat: NOW, exp: NOW + 300, sub_id: EMAIL };
const TRUSTED: HintIssuer = { issuer: 'https://hints.example/', keys: [] };
const check = (claims: object = {}, header: object = {}, trusted = TRUSTED) =>
  checkHintToken(
    { header: { alg: 'ES256', ...header }, claims: { ...CLAIMS, ...claims } },
    { trusted, names: NAMES },
    NOW,
  );
const wrong = (because: string) => ({ reason: 'login_hint_token_invalid', because });
const ann = { kind: 'identifier', identifier: { type: 'email', value: 'ann@example.com' } };

describe('login_hint_token (CIBA §7.1, RFC 9493 §4.1)', () => {
  it('names whom its sub_id names, in the form that is stored', () => {
    expect(valueFrom(check())).toEqual({ hint: ann, jti: undefined });
  });

  it.each([
    [
      { format: 'iss_sub', iss: ISSUER, sub: 'ana' },
      { kind: 'sub', sub: 'ana' },
    ],
    [
      { format: 'opaque', id: 'ana' },
      { kind: 'sub', sub: 'ana' },
    ],
    [
      { format: 'phone_number', phone_number: '+49 123 45678' },
      { kind: 'identifier', identifier: { type: 'phone', value: '+4912345678' } },
    ],
    [
      { format: 'account', uri: 'acct:ann@op.example' },
      { kind: 'identifier', identifier: { type: 'username', value: 'ann' } },
    ],
    [
      { format: 'aliases', identifiers: [EMAIL, { format: 'opaque', id: 'ana' }] },
      { kind: 'aliases', names: [ann, { kind: 'sub', sub: 'ana' }] },
    ],
  ])('may have the sub_id %j', (sub_id, hint) => {
    expect(valueFrom(check({ sub_id })).hint).toEqual(hint);
  });

  it.each([
    undefined,
    null,
    'ann@example.com',
    {},
    { format: 'did', url: 'did:example:1' },
    { ...EMAIL, sub: 'x' },
    [EMAIL],
  ])('is refused with the sub_id %j', (sub_id) => {
    expect(refusalOf(check({ sub_id }))).toEqual(wrong('subject'));
  });

  it('names nobody by a subject of its own issuer, and never by sub alone', () => {
    const sub_id = { format: 'iss_sub', iss: CLAIMS.iss, sub: 'ana' };
    expect(refusalOf(check({ sub_id }))).toEqual({ reason: 'unknown_user', because: 'foreign_issuer' });
    expect(refusalOf(check({ sub_id: undefined, sub: 'ana' }))).toEqual(wrong('subject'));
    expect(valueFrom(check({ sub: 'somebody else' })).hint).toEqual(ann);
  });

  it('has expired a minute after exp, and then has a code of its own (CIBA §13)', () => {
    expect(check({ exp: NOW - 59 }).ok).toBe(true);
    expect(refusalOf(check({ exp: NOW - 60 }))).toEqual({ reason: 'login_hint_token_expired' });
  });

  it.each([
    { exp: undefined },
    { exp: '4102444800' },
    { exp: NOW + DAY + 61 },
    { iat: NOW + 61 },
    { iat: 'now' },
    { nbf: NOW + 61 },
    { nbf: null },
  ])('is refused with the times %j', (times) => {
    expect(refusalOf(check(times))).toEqual(wrong('times'));
  });

  it('may live for a day, without iat, and between clocks that differ by a minute', () => {
    for (const times of [{ exp: NOW + DAY + 60 }, { iat: undefined }, { iat: NOW + 60, nbf: NOW + 60 }])
      expect(check(times).ok).toBe(true);
  });

  it.each([ISSUER, 'https://op.example', 'https://old.example/', ['x', ISSUER]])('may be for %j', (aud) => {
    expect(check({ aud }).ok).toBe(true);
  });

  it.each([undefined, 'https://evil.example/', [], ['x'], { aud: ISSUER }])('is refused for the audience %j', (aud) => {
    expect(refusalOf(check({ aud }))).toEqual(wrong('audience'));
  });

  it('is for another audience if that was registered, and then for no other', () => {
    const trusted = { ...TRUSTED, audience: 'logins' };
    expect(check({ aud: ['logins'] }, {}, trusted).ok).toBe(true);
    for (const aud of [ISSUER, 'logins/', 'login'])
      expect(refusalOf(check({ aud }, {}, trusted))).toEqual(wrong('audience'));
  });

  it.each([undefined, 'JWT', 'jwt', 'application/jwt'])('may have the type %s', (typ) => {
    expect(check({}, { typ }).ok).toBe(true);
  });

  it.each(['at+jwt', 'secevent+jwt', 'client-authentication+jwt', 'oauth-authz-req+jwt', 'dpop+jwt', null, ['JWT']])(
    'is refused with the type %j, which is made for something else (RFC 8725 §3.11)',
    (typ) => {
      expect(refusalOf(check({}, { typ }))).toEqual(wrong('type'));
    },
  );

  it('works once if it has a jti, which is remembered until a minute after exp', () => {
    expect(valueFrom(check({ jti: 'j', exp: NOW + 1.5 })).jti).toEqual({ id: 'j', expiresAt: NOW + 62 });
    for (const jti of ['', 7, 'x'.repeat(257), null]) expect(refusalOf(check({ jti }))).toEqual(wrong('jti'));
  });
});

describe('the issuer of a login_hint_token (CIBA §7.1)', () => {
  it('is found by its exact name, those of the client before those of the deployment', () => {
    const own = { ...TRUSTED, audience: 'own' };
    expect(trustedIssuer(TRUSTED.issuer, [own], [TRUSTED])).toBe(own);
    expect(trustedIssuer(TRUSTED.issuer, undefined, [TRUSTED])).toBe(TRUSTED);
    for (const iss of ['https://hints.example', 'https://HINTS.example/', undefined, [TRUSTED.issuer]])
      expect(trustedIssuer(iss, [own], [TRUSTED])).toBeUndefined();
    expect(trustedIssuer(undefined)).toBeUndefined();
  });
});
