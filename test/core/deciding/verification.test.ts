import { describe, expect, it } from 'vitest';
import type { DeviceResponse } from '../../../provider/core/deciding/device-response.ts';
import { checkVerification } from '../../../provider/core/deciding/verification.ts';
import type { DeviceKey, Proof } from '../../../provider/core/device/device.ts';
import { wordingOf } from '../../../provider/core/refusal.ts';
import { DEVICE, refusalOf, valueFrom } from '../given.ts';

const ONE_KEY = DEVICE.proof;
const TWO_KEYS: Proof = { ...ONE_KEY, verificationKey: { kty: 'EC', crv: 'P-256', x: 'second', y: 'key' } };
const HIGH = { acr: 'urn:high', anyOf: ['face', 'fpt'], needsVerificationKey: true };
const LOW = { acr: 'urn:low', anyOf: ['pin'] };
const CLAIMED = ['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'mfa'];

const answer = (amr: string[], decision: DeviceResponse['decision'] = 'approve'): DeviceResponse => ({ decision, amr });
const signed = (signedBy: DeviceKey, proof: Proof = TWO_KEYS) => ({ signedBy, proof });

describe('how an approval was verified: which key signed, and what the device says (RFC 8176)', () => {
  it('a device with one key says it, and nothing is added', () => {
    for (const amr of [[], ['user'], ...CLAIMED.map((method) => [method])])
      expect(valueFrom(checkVerification(answer(amr), signed('possession', ONE_KEY), undefined))).toEqual({
        amr,
        signedBy: 'possession',
      });
  });

  it('the verification key says by itself that a person was present, and nothing more', () => {
    expect(valueFrom(checkVerification(answer([]), signed('verification'), undefined)).amr).toEqual(['user']);
    expect(valueFrom(checkVerification(answer(['fpt']), signed('verification'), undefined)).amr).toEqual([
      'fpt',
      'user',
    ]);
    expect(valueFrom(checkVerification(answer(['user']), signed('verification'), undefined)).amr).toEqual(['user']);
  });

  it.each(CLAIMED)('the possession key of a device with two keys does not say %s', (method) => {
    const refusal = { reason: 'amr_needs_verification_key', method };
    expect(refusalOf(checkVerification(answer(['user', method]), signed('possession'), undefined))).toEqual(refusal);
    expect(refusalOf(checkVerification(answer([method]), signed('possession'), [LOW]))).toEqual(refusal);
  });

  it('the possession key of a device with two keys may say that somebody tapped, and where the key is', () => {
    expect(checkVerification(answer(['user', 'swk']), signed('possession'), undefined).ok).toBe(true);
    expect(checkVerification(answer([]), signed('possession'), undefined).ok).toBe(true);
  });
});

describe('an approval must reach one of the classes that were asked for (CIBA §8)', () => {
  it('with any of them', () => {
    expect(checkVerification(answer(['pin']), signed('possession', ONE_KEY), [HIGH, LOW]).ok).toBe(true);
    expect(checkVerification(answer(['fpt']), signed('verification'), [HIGH]).ok).toBe(true);
    expect(checkVerification(answer([]), signed('verification'), [{ ...HIGH, anyOf: ['user'] }]).ok).toBe(true);
  });

  it.each([
    ['with another method', ['iris'], signed('verification'), [HIGH, LOW]],
    ['with none', [], signed('possession', ONE_KEY), [LOW]],
    ['with a tap alone', ['user'], signed('possession'), [LOW]],
    ['with the right method under the only key', ['face'], signed('possession', ONE_KEY), [HIGH]],
  ] as const)('not %s', (_, amr, by, suffices) => {
    const hasVerificationKey = by.proof === TWO_KEYS;
    expect(refusalOf(checkVerification(answer([...amr]), by, suffices))).toEqual({
      reason: 'verification_insufficient',
      suffices,
      hasVerificationKey,
    });
  });

  it('a denial is accepted whatever was verified, and whatever it says', () => {
    for (const by of [signed('possession'), signed('verification'), signed('possession', ONE_KEY)])
      for (const amr of [[], ['fpt']]) expect(checkVerification(answer(amr, 'deny'), by, [HIGH]).ok).toBe(true);
  });
});

describe('a phone that did less is told what would suffice', () => {
  const words = (suffices: (typeof HIGH | typeof LOW)[], hasVerificationKey = true) =>
    wordingOf({ reason: 'verification_insufficient', suffices, hasVerificationKey }).description;

  it('with either key, or with the verification key', () => {
    expect(words([LOW])).toBe(
      'An approval of this request must have one of pin in amr. The request still waits: verify the user and answer again.',
    );
    expect(words([HIGH])).toContain('must be signed by the verification key and have one of face, fpt in amr.');
    expect(words([HIGH, LOW])).toContain(
      'must have one of pin in amr, or be signed by the verification key and have one of face, fpt in amr.',
    );
  });

  it('or that it has no key that could', () => {
    expect(words([HIGH], false)).toMatch(/^This device cannot approve this request, which needs a verification key\./);
    expect(words([HIGH, LOW], false)).not.toContain('verification key');
  });
});
