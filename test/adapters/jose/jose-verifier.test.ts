import { generateKeyPairSync } from 'node:crypto';
import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';
import { joseVerifier } from '../../../provider/adapters/jose/jose-verifier.ts';

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const jws = (header: Record<string, unknown>) => `${base64url(header)}.${base64url({ sub: 'ana' })}.AAAA`;

describe('a compact JWS is decoded', () => {
  it('if its payload is JSON in base64url', () => {
    expect(joseVerifier.decode(jws({ alg: 'ES256' }))).toEqual({ header: { alg: 'ES256' }, claims: { sub: 'ana' } });
  });

  it.each([
    ['demands extensions (crit, RFC 7515 §4.1.11)', { crit: ['exp'] }],
    ['says that its payload is not in base64url (RFC 7797)', { b64: false }],
    ['says how its payload is encoded without demanding that it is understood (RFC 7797 §6)', { b64: true }],
  ])('unless its header %s', (_, header) => {
    expect(joseVerifier.decode(jws({ alg: 'ES256', ...header }))).toBeUndefined();
  });
});

it.each([
  ['P-256', generateKeyPairSync('ec', { namedCurve: 'P-256' })],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 })],
])('the thumbprint of a key of %s is that of RFC 7638, whatever else the key says', async (_, { publicKey }) => {
  const jwk = publicKey.export({ format: 'jwk' });
  const key = { ...jwk, kty: String(jwk.kty), alg: 'ES256', kid: 'k' };
  expect(await joseVerifier.thumbprint(key)).toBe(await calculateJwkThumbprint(jwk));
});
