import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { algorithmOf, parsePublicKey } from '../../../provider/core/keys/public-key.ts';
import { refusalOf, valueFrom } from '../given.ts';

const EC = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'A'.repeat(43) };
const rsa = (bytes: Uint8Array) => ({ kty: 'RSA', n: Buffer.from(bytes).toString('base64url'), e: 'AQAB' });
const modulus = (length: number) => new Uint8Array(length).fill(0xc3);
const NOT_ACCEPTED = {
  reason: 'device_key_not_accepted',
  expected: 'an EC key on P-256 or an RSA key of 2048 to 4096 bits with e AQAB',
};

describe('key of a device (docs/device-api.md)', () => {
  it('is P-256 or RSA, as crypto libraries make them', () => {
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
    const rsa2048 = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
    expect(valueFrom(parsePublicKey(ec))).toEqual(ec);
    expect(valueFrom(parsePublicKey(rsa2048))).toEqual(rsa2048);
  });

  it('keeps only the members that make the key', () => {
    expect(valueFrom(parsePublicKey({ ...EC, kid: 'x', alg: 'none', use: 'enc', x5c: ['y'], n: 'z' }))).toEqual(EC);
  });

  it('is RSA of 2048 to 4096 bits', () => {
    expect(parsePublicKey(rsa(modulus(256))).ok).toBe(true);
    expect(parsePublicKey(rsa(modulus(512))).ok).toBe(true);
    expect(refusalOf(parsePublicKey(rsa(modulus(255))))).toEqual(NOT_ACCEPTED);
    expect(refusalOf(parsePublicKey(rsa(modulus(513))))).toEqual(NOT_ACCEPTED);
  });

  it('drops the zero byte that mobile libraries put in front, and counts bits without it', () => {
    const padded = (length: number, zeros: number) =>
      rsa(new Uint8Array([...new Uint8Array(zeros), ...modulus(length)]));
    expect(valueFrom(parsePublicKey(padded(256, 1)))).toEqual(rsa(modulus(256)));
    expect(parsePublicKey(padded(512, 1)).ok).toBe(true);
    expect(refusalOf(parsePublicKey(padded(128, 128)))).toEqual(NOT_ACCEPTED);
    expect(refusalOf(parsePublicKey(rsa(new Uint8Array(256))))).toEqual(NOT_ACCEPTED);
  });

  it.each([
    ['nothing', undefined],
    ['null', null],
    ['text', 'EC'],
    ['an array', [EC]],
    ['an empty object', {}],
    ['an RSA key with the members of an EC key', { ...EC, kty: 'RSA' }],
    ['an EC key with the members of an RSA key', { ...rsa(modulus(256)), kty: 'EC' }],
    ['another curve', { ...EC, crv: 'P-384' }],
    ['secp256k1', { ...EC, crv: 'secp256k1' }],
    ['a short coordinate', { ...EC, x: 'x'.repeat(42) }],
    ['a long coordinate', { ...EC, y: 'x'.repeat(44) }],
    ['a coordinate with padding', { ...EC, x: `${'x'.repeat(42)}=` }],
    ['a coordinate with a sign in front', { ...EC, x: `+${'x'.repeat(42)}` }],
    ['a coordinate that is no text', { ...EC, x: 1 }],
    ['no y', { kty: 'EC', crv: 'P-256', x: EC.x }],
    ['Ed25519', { kty: 'OKP', crv: 'Ed25519', x: EC.x }],
    ['a symmetric key', { kty: 'oct', k: 'x'.repeat(43) }],
    ['RSA with exponent 1', { ...rsa(modulus(256)), e: 'AQ' }],
    ['RSA with exponent 3', { ...rsa(modulus(256)), e: 'Aw' }],
    ['RSA with a modulus that is no base64url', { ...rsa(modulus(256)), n: '+'.repeat(342) }],
    ['a private EC key', { ...EC, d: 'x'.repeat(43) }],
    ['a private RSA key', { ...rsa(modulus(256)), d: 'x', p: 'x', q: 'x' }],
    ['a key with a private member that is null', { ...EC, d: null }],
  ])('is not %s', (_, key) => {
    expect(refusalOf(parsePublicKey(key))).toEqual(NOT_ACCEPTED);
  });

  it('pins its algorithm: EC signs ES256, RSA signs RS256 (RFC 8725 §3.1)', () => {
    expect(algorithmOf(EC)).toBe('ES256');
    expect(algorithmOf({ ...rsa(modulus(256)), alg: 'PS256' })).toBe('RS256');
  });
});
