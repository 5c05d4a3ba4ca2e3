import { describe, expect, it } from 'vitest';
import { candidateKeys, parseKeySet } from '../../../provider/core/keys/key-set.ts';
import { afterFailure, mustFetch, usableKeys } from '../../../provider/core/keys/key-set-copy.ts';
import { NOW } from '../given.ts';

const EC = { kty: 'EC', crv: 'P-256', x: 'x'.repeat(43), y: 'A'.repeat(43) };
const RSA = { kty: 'RSA', n: Buffer.alloc(256, 0xc3).toString('base64url'), e: 'AQAB' };

describe('a published key set (RFC 7517 §5)', () => {
  it('gives the keys with kid, alg and use, and without members that nobody uses', () => {
    const named = { kid: 'one', alg: 'ES256', use: 'sig' };
    expect(parseKeySet({ keys: [{ ...EC, ...named, x5c: ['cert'], extra: 1 }, RSA] })).toEqual([
      { ...EC, ...named },
      RSA,
    ]);
  });

  it.each([
    ['a private key', { ...EC, d: 'secret' }],
    ['a shared secret', { kty: 'oct', k: 'secret' }],
    ['a shared secret that says RSA', { ...RSA, k: 'secret' }],
    ['an RSA key of 1024 bits', { ...RSA, n: Buffer.alloc(128, 0xc3).toString('base64url') }],
    ['a key on another curve', { ...EC, crv: 'P-384' }],
    ['a key whose kid is no string', { ...EC, kid: 1 }],
    ['a key whose alg is no string', { ...EC, alg: ['ES256'] }],
    ['a key whose use is no string', { ...EC, use: {} }],
    ['no object', 'key'],
    ['null', null],
  ])('leaves out %s, and keeps the others', (_what, key) => {
    expect(parseKeySet({ keys: [key, RSA] })).toEqual([RSA]);
  });

  it.each([
    ['text', 'keys'],
    ['null', null],
    ['a list', [RSA]],
    ['an object without keys', {}],
    ['keys that are no list', { keys: RSA }],
  ])('is not %s', (_what, document) => {
    expect(parseKeySet(document)).toBe('no_key_set');
  });

  it('has at most 50 keys, those counted that are not usable', () => {
    expect(parseKeySet({ keys: new Array(50).fill(RSA) })).toHaveLength(50);
    expect(parseKeySet({ keys: new Array(51).fill('no key') })).toBe('too_many_keys');
  });
});

describe('the keys that may have signed', () => {
  const one = { ...EC, kid: 'one' };
  const other = { ...RSA, kid: 'other' };

  it('are those with the kid of the header, and those without any', () => {
    expect(candidateKeys([one, other, RSA], { kid: 'other', algorithm: 'PS256' })).toEqual([other, RSA]);
    expect(candidateKeys([one, other], { kid: undefined, algorithm: 'PS256' })).toEqual([one, other]);
    expect(candidateKeys([one, other], { kid: 7, algorithm: 'PS256' })).toEqual([]);
  });

  it('are for this algorithm, and for signatures (RFC 7517 §4.2, §4.4)', () => {
    const keys = [
      { ...RSA, alg: 'RS256' },
      { ...RSA, alg: 'PS256', use: 'sig' },
      { ...RSA, use: 'enc' },
    ];
    expect(candidateKeys(keys, { kid: undefined, algorithm: 'PS256' })).toEqual([keys[1]]);
  });
});

describe('a copy of a published key set', () => {
  const copy = { keys: [{ ...EC, kid: 'one' }], fetchedAt: NOW, triedAt: NOW };

  it('is used for five minutes', () => {
    expect(mustFetch(copy, 'one', NOW + 299)).toBe(false);
    expect(mustFetch(copy, 'one', NOW + 300)).toBe(true);
    expect(mustFetch(copy, undefined, NOW + 299)).toBe(false);
  });

  it('without the kid is fetched anew, at most every ten seconds', () => {
    expect(mustFetch(copy, 'other', NOW + 9)).toBe(false);
    expect(mustFetch(copy, 'other', NOW + 10)).toBe(true);
    expect(mustFetch(copy, 7, NOW + 10)).toBe(true);
    expect(mustFetch({ ...copy, triedAt: NOW + 10 }, 'other', NOW + 19)).toBe(false);
  });

  it('with a key that has no kid is not fetched anew for another kid: that key may have signed', () => {
    expect(mustFetch({ ...copy, keys: [EC] }, 'other', NOW + 299)).toBe(false);
  });

  it('is used for 15 minutes while it cannot be fetched anew, so that a key that was taken out dies in a bounded time', () => {
    const failed = afterFailure(copy, 'timeout', NOW + 890);
    expect(usableKeys(failed, NOW + 899)).toEqual({ keys: copy.keys });
    expect(usableKeys(failed, NOW + 900)).toEqual({ failure: 'timeout' });
    expect(mustFetch(failed, 'one', NOW + 899)).toBe(false);
    expect(mustFetch(failed, 'one', NOW + 900)).toBe(true);
  });

  it('that was never there is a failure at once, and is tried again after ten seconds', () => {
    const none = afterFailure(undefined, 'not_json', NOW);
    expect(usableKeys(none, NOW)).toEqual({ failure: 'not_json' });
    expect(mustFetch(none, undefined, NOW + 9)).toBe(false);
    expect(mustFetch(none, undefined, NOW + 10)).toBe(true);
  });
});
