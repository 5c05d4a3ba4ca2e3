import { describe, expect, it } from 'vitest';
import type { Client, ClientCredential } from '../../../provider/core/client/client.ts';
import { credentialStands, type ProvenCredential } from '../../../provider/core/client/proven-credential.ts';
import { CLIENT, NOW } from '../given.ts';

const KEY = { kty: 'EC', crv: 'P-256', x: 'x', y: 'y', kid: 'k1' };
const BY_KEY: ProvenCredential = { method: 'private_key_jwt', key: KEY, algorithm: 'ES256' };
const BY_SECRET: ProvenCredential = { method: 'client_secret_basic', secretHash: 'used' };
const stands = (credential: ClientCredential, used: ProvenCredential) => {
  const client: Client = { ...CLIENT, credential };
  return credentialStands(client, used, NOW);
};
const keyed = (different: object = {}): ClientCredential => ({
  method: 'private_key_jwt',
  algorithms: ['ES256'],
  keys: [KEY],
  ...different,
});

describe('a secret that authenticated a call', () => {
  const basic = (secrets: object): ClientCredential => ({
    method: 'client_secret_basic',
    secretHash: 'other',
    ...secrets,
  });

  it('stands as the present secret, and as the old one until its end', () => {
    expect(stands(basic({ secretHash: 'used' }), BY_SECRET)).toBe(true);
    expect(stands(basic({ oldSecret: { hash: 'used', expiresAt: NOW + 1 } }), BY_SECRET)).toBe(true);
  });

  it.each<[string, ClientCredential]>([
    ['another secret took its place', basic({})],
    ['it has ended', basic({ secretHash: 'used', secretExpiresAt: NOW })],
    ['it has ended as the old one', basic({ oldSecret: { hash: 'used', expiresAt: NOW } })],
    ['the client has keys now', keyed()],
  ])('does not stand when %s', (_why, registered) => {
    expect(stands(registered, BY_SECRET)).toBe(false);
  });
});

describe('a secret that came in the other way than the client registered', () => {
  const posting: ClientCredential = { method: 'client_secret_post', secretHash: 'used' };

  it('stands, unless the client is strict by now', () => {
    expect(stands(posting, BY_SECRET)).toBe(true);
    const strict: Client = { ...CLIENT, credential: posting, strictMethod: true };
    expect(credentialStands(strict, BY_SECRET, NOW)).toBe(false);
    expect(credentialStands(strict, { ...BY_SECRET, method: 'client_secret_post' }, NOW)).toBe(true);
  });

  it('stands for no other secret', () => {
    expect(stands({ ...posting, secretHash: 'other' }, BY_SECRET)).toBe(false);
  });
});

describe('a key that verified an assertion', () => {
  it('stands among other keys, whatever else its JWK says now', () => {
    const { kid: _, ...nameless } = KEY;
    expect(
      stands(
        keyed({
          keys: [
            { ...KEY, x: 'z' },
            { ...nameless, use: 'sig' },
          ],
        }),
        BY_KEY,
      ),
    ).toBe(true);
    expect(stands(keyed({ keys: [{ ...KEY, alg: 'ES256' }] }), BY_KEY)).toBe(true);
  });

  it.each<[string, ClientCredential]>([
    ['it was taken out', keyed({ keys: [{ ...KEY, x: 'z' }] })],
    ['another key has its kid', keyed({ keys: [{ ...KEY, y: 'z' }] })],
    ['it is for another algorithm now', keyed({ keys: [{ ...KEY, alg: 'RS256' }] })],
    ['the client no longer uses the algorithm', keyed({ algorithms: ['PS256'] })],
    ['the client has a secret now', { method: 'client_secret_basic', secretHash: 'used' }],
  ])('does not stand when %s', (_why, registered) => {
    expect(stands(registered, BY_KEY)).toBe(false);
  });
});

describe('a key that was found at a jwks_uri', () => {
  const jwksUri = 'https://bank.example/jwks.json';
  const byUri: ProvenCredential = { method: 'private_key_jwt', key: KEY, algorithm: 'ES256', jwksUri };

  it('stands as long as the client has the address', () => {
    expect(stands(keyed({ keys: [], jwksUri }), byUri)).toBe(true);
  });

  it.each<[string, ClientCredential]>([
    ['another address took its place', keyed({ keys: [], jwksUri: 'https://bank.example/other.json' })],
    ['the client has keys in its registration, be it the same one', keyed({ keys: [KEY] })],
    ['the client no longer uses the algorithm', keyed({ keys: [], jwksUri, algorithms: ['PS256'] })],
  ])('does not stand when %s', (_why, registered) => {
    expect(stands(registered, byUri)).toBe(false);
  });

  it('and one that was registered does not stand when the client publishes its keys now', () => {
    expect(stands(keyed({ keys: [], jwksUri }), BY_KEY)).toBe(false);
  });
});
