import { describe, expect, it } from 'vitest';
import {
  checkDeviceAssertion,
  checkDeviceName,
  checkDeviceTokenLife,
  checkEnrolmentClaims,
  checkPushToken,
  checkVerificationKeyClaims,
  DEVICE_TOKEN_TYPES,
  isPinnedAlgorithm,
} from '../../../provider/core/device/device-token.ts';
import { ISSUER, NAMES, NOW, refusalOf, valueFrom } from '../given.ts';

const wrong = (claim: string, expected: string) => ({ reason: 'device_token_claim', claim, expected });
type Different = Record<string, unknown>;

describe('life of what a phone signs (docs/device-api.md)', () => {
  const GOOD = { aud: ISSUER, iat: NOW, exp: NOW + 120, jti: 'jti-1' };
  const check = (different: Different = {}) => checkDeviceTokenLife({ ...GOOD, ...different }, NAMES, NOW);
  const accepts = (different: Different) => expect(refusalOf(check(different))).toBeUndefined();
  const refuses = (different: Different, claim: string, expected: string) =>
    expect(refusalOf(check(different))).toEqual(wrong(claim, expected));

  it('is remembered by its jti until its last second of validity', () => {
    expect(valueFrom(check())).toEqual({ jti: 'jti-1', expiresAt: NOW + 180 });
    expect(valueFrom(check({ exp: NOW + 1.5 }))).toEqual({ jti: 'jti-1', expiresAt: NOW + 62 });
  });

  it.each([ISSUER, 'https://op.example', 'https://old.example/'])('is addressed to this issuer as %s', (aud) => {
    accepts({ aud });
  });

  it.each([[[ISSUER]], ['https://evil.example/'], ['https://op.example/device/requests'], [''], [null], [undefined]])(
    'is not addressed to %o',
    (aud) => {
      refuses({ aud }, 'aud', 'the issuer as a single string');
    },
  );

  it('was signed at most 60 s in the future', () => {
    accepts({ iat: NOW + 60, exp: NOW + 61 });
    refuses({ iat: NOW + 61, exp: NOW + 62 }, 'iat', 'an instant that is not in the future');
    refuses({ iat: undefined }, 'iat', 'an instant that is not in the future');
    refuses({ iat: String(NOW) }, 'iat', 'an instant that is not in the future');
  });

  it('is not accepted earlier than 60 s before nbf, which may be absent (RFC 7519 §4.1.5)', () => {
    accepts({ nbf: NOW - 3600 });
    accepts({ nbf: NOW + 60 });
    for (const nbf of [NOW + 61, String(NOW), null, Number.POSITIVE_INFINITY])
      refuses({ nbf }, 'nbf', 'an instant that is not in the future');
  });

  it('is valid until 60 s after exp, because clocks differ', () => {
    accepts({ iat: NOW - 120, exp: NOW - 59 });
    refuses({ iat: NOW - 120, exp: NOW - 60 }, 'exp', 'an instant that has not passed');
    refuses({ exp: undefined }, 'exp', 'an instant that has not passed');
    refuses({ exp: String(NOW + 60) }, 'exp', 'an instant that has not passed');
  });

  it('lives at most 120 s after iat, and at least a moment', () => {
    accepts({ exp: NOW + 120 });
    refuses({ exp: NOW + 121 }, 'exp', 'at most 120 seconds after iat');
    refuses({ iat: NOW, exp: NOW }, 'exp', 'at most 120 seconds after iat');
    refuses({ iat: NOW + 30, exp: NOW + 20 }, 'exp', 'at most 120 seconds after iat');
    refuses({ exp: Number.POSITIVE_INFINITY }, 'exp', 'at most 120 seconds after iat');
    refuses({ iat: Number.NEGATIVE_INFINITY }, 'exp', 'at most 120 seconds after iat');
  });

  it('has a jti of 1 to 256 characters', () => {
    accepts({ jti: 'x' });
    accepts({ jti: 'x'.repeat(256) });
    for (const jti of ['', 'x'.repeat(257), undefined, 1, ['x']]) refuses({ jti }, 'jti', '1 to 256 characters');
  });
});

describe('device assertion bound to one call (RFC 9449 §4.3)', () => {
  const call = { method: 'GET', urls: ['https://op.example/device/requests'] };
  const check = (htm: unknown, htu: unknown) => refusalOf(checkDeviceAssertion({ htm, htu }, call));

  it('holds for this method and URL, with or without a query', () => {
    expect(checkDeviceAssertion({ htm: 'GET', htu: call.urls[0] }, call)).toEqual({ ok: true, value: true });
    expect(check('GET', call.urls[0])).toBeUndefined();
    expect(check('GET', `${call.urls[0]}?page=2`)).toBeUndefined();
    expect(check('GET', `${call.urls[0]}?a?b`)).toBeUndefined();
  });

  it.each(['POST', 'get', '', undefined, ['GET']])('does not hold for the method %o', (htm) => {
    expect(check(htm, call.urls[0])).toEqual(wrong('htm', 'the HTTP method of this call'));
  });

  it.each([
    'https://op.example/device/requests/',
    'https://op.example/device/requests/1',
    'https://evil.example/device/requests',
    '/device/requests',
    '',
    undefined,
    ['https://op.example/device/requests'],
  ])('does not hold for the URL %o', (htu) => {
    expect(check('GET', htu)).toEqual(wrong('htu', 'the URL of this call'));
  });
});

describe('what a phone says of itself at enrolment', () => {
  const GOOD = { ticket: 'ticket-1', name: 'Ann’s Pixel', platform: 'GCM', push_token: 'abc:DEF_1-2' };
  const check = (different: Different = {}) => checkEnrolmentClaims({ ...GOOD, ...different });

  it('names ticket, name, platform and push token', () => {
    expect(valueFrom(check())).toEqual({
      ticket: 'ticket-1',
      name: 'Ann’s Pixel',
      platform: 'GCM',
      pushToken: 'abc:DEF_1-2',
      verificationKey: undefined,
    });
  });

  it('may have a second key, which proves itself by a JWT', () => {
    expect(valueFrom(check({ verification_key: 'a.b.c' })).verificationKey).toBe('a.b.c');
    for (const verification_key of [1, null, true, ['a.b.c'], { kty: 'EC' }])
      expect(refusalOf(check({ verification_key }))).toEqual(wrong('verification_key', 'a ciba-verification-key+jwt'));
  });

  it('has a second key for this ticket and beside this first key alone', () => {
    const enrolment = { ticket: 'ticket-1', possessionThumbprint: 'thumbprint-1' };
    const bound = { ticket: 'ticket-1', jkt: 'thumbprint-1' };
    expect(checkVerificationKeyClaims(bound, enrolment).ok).toBe(true);
    for (const ticket of ['ticket-2', '', undefined, ['ticket-1']])
      expect(refusalOf(checkVerificationKeyClaims({ ...bound, ticket }, enrolment))).toMatchObject({ claim: 'ticket' });
    for (const jkt of ['thumbprint-2', '', undefined, ['thumbprint-1']])
      expect(refusalOf(checkVerificationKeyClaims({ ...bound, jkt }, enrolment))).toMatchObject({ claim: 'jkt' });
  });

  it('has a ticket of 1 to 128 characters', () => {
    expect(check({ ticket: 'x' }).ok).toBe(true);
    expect(check({ ticket: 'x'.repeat(128) }).ok).toBe(true);
    for (const ticket of ['', 'x'.repeat(129), undefined, 1]) {
      expect(refusalOf(check({ ticket }))).toEqual(wrong('ticket', 'the ticket of the enrolment URI'));
    }
  });

  it('is of a platform that SNS knows', () => {
    for (const platform of ['APNS', 'APNS_SANDBOX', 'GCM']) expect(check({ platform }).ok).toBe(true);
    for (const platform of ['apns', 'FCM', 'ADM', '', undefined, 'toString']) {
      expect(refusalOf(check({ platform }))).toEqual(wrong('platform', 'APNS, APNS_SANDBOX, GCM'));
    }
  });

  it('has a name of 1 to 64 readable characters: other phones and operators see it', () => {
    expect(checkDeviceName('x'.repeat(64)).ok).toBe(true);
    for (const name of ['', 'x'.repeat(65), 'Pixel\u202E', 'Pi\u200Bxel', '\u{1F4F1}', undefined, 1]) {
      expect(refusalOf(checkDeviceName(name))).toEqual(wrong('name', '1 to 64 readable characters'));
      expect(refusalOf(check({ name }))).toEqual(wrong('name', '1 to 64 readable characters'));
    }
  });

  it('has a push token of 1 to 2048 printable ASCII characters', () => {
    expect(checkPushToken('~'.repeat(2048)).ok).toBe(true);
    for (const push_token of ['', 'x'.repeat(2049), 'a b', 'a\n', 'é', '\u007F', undefined, 1]) {
      expect(refusalOf(checkPushToken(push_token))).toEqual(
        wrong('push_token', '1 to 2048 printable ASCII characters'),
      );
      expect(refusalOf(check({ push_token }))?.reason).toBe('device_token_claim');
    }
  });
});

describe('kinds of device tokens (RFC 8725)', () => {
  it('has four different types, so that one can never be used as another (§3.11)', () => {
    expect(new Set(Object.values(DEVICE_TOKEN_TYPES)).size).toBe(4);
  });

  it('has the algorithm that is pinned to the key, never the header’s choice (§3.1)', () => {
    expect(isPinnedAlgorithm({ alg: 'ES256' }, 'ES256')).toBe(true);
    for (const alg of ['none', 'HS256', 'RS256', 'es256', undefined, ['ES256']]) {
      expect(isPinnedAlgorithm({ alg }, 'ES256')).toBe(false);
    }
  });
});
