import { generateKeyPairSync } from 'node:crypto';
import { setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HttpsKeySets } from '../../../provider/adapters/https/https-key-sets.ts';
import { KeySetServer } from '../../support/key-set-server.ts';

const LOOPBACK = ['127.0.0.0/8', '::1/128'];
const keyOf = (kid: string) => ({
  ...generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' }),
  kid,
});
const ONE = keyOf('one');
const TWO = keyOf('two');

let now = 1_800_000_000;
let server: KeySetServer;
let calls: () => number;
let keySets: HttpsKeySets;
beforeAll(async () => {
  server = await KeySetServer.start();
  setDefaultCACertificates([server.cert]);
});
afterAll(() => server.close());
beforeEach(() => {
  const before = server.calls.length;
  calls = () => server.calls.length - before;
  keySets = new HttpsKeySets(LOOPBACK, () => now);
  server.publish(ONE);
});
const find = (kid?: unknown) => keySets.find(server.url, { kid });

describe('keys at a jwks_uri', () => {
  it('are fetched once, and kept for five minutes', async () => {
    expect(await find('one')).toEqual({ keys: [ONE] });
    expect(await find('one')).toEqual({ keys: [ONE] });
    expect(await find()).toEqual({ keys: [ONE] });
    expect(calls()).toBe(1);
    expect(server.calls.at(-1)).toBe('application/jwk-set+json, application/json');
    server.publish(TWO);
    now += 299;
    expect(await find('one')).toEqual({ keys: [ONE] });
    now += 1;
    expect(await find('one')).toEqual({ keys: [TWO] });
    expect(calls()).toBe(2);
  });

  it('are fetched once for calls at the same time', async () => {
    const found = await Promise.all([find('one'), find('one'), find('two'), find()]);
    expect(found).toEqual(new Array(4).fill({ keys: [ONE] }));
    expect(calls()).toBe(1);
  });

  it('are fetched anew for a kid that the copy lacks', async () => {
    await find('one');
    server.publish(ONE, TWO);
    now += 10;
    expect(await find('two')).toEqual({ keys: [ONE, TWO] });
    expect(calls()).toBe(2);
  });

  it('are fetched at most every ten seconds, however many made-up kids come', async () => {
    await find('one');
    for (let second = 0; second < 30; second += 1) {
      now += 1;
      await Promise.all(Array.from({ length: 20 }, (_, index) => find(`${second}.${index}`)));
    }
    expect(calls()).toBe(4);
  });

  it('of each address are kept apart', async () => {
    await find('one');
    server.publish(TWO);
    expect(await keySets.find(`${server.url}?other`, { kid: 'two' })).toEqual({ keys: [TWO] });
    expect(await find('one')).toEqual({ keys: [ONE] });
  });

  it('are kept for the 500 addresses that were used last', async () => {
    await find('one');
    for (let index = 0; index < 499; index += 1) {
      await keySets.find(`https://127.0.0.1:1/${index}`, { kid: 'one' });
    }
    await find('one');
    expect(calls()).toBe(1);
    for (let index = 500; index < 1000; index += 1) await keySets.find(`https://127.0.0.1:1/${index}`, { kid: 'one' });
    await find('one');
    expect(calls()).toBe(2);
  });
});

describe('a server that does not give keys', () => {
  it.each([
    ['answers with another status', { status: 404, body: '{"keys":[]}' }, 'wrong_status'],
    ['redirects, which is not followed', { status: 302, body: '{"keys":[]}' }, 'wrong_status'],
    ['sends no JSON', { status: 200, body: '<html>' }, 'not_json'],
    ['sends JSON without keys', { status: 200, body: '{"jwks":[]}' }, 'no_key_set'],
    ['sends too many keys', { status: 200, body: JSON.stringify({ keys: new Array(51).fill(ONE) }) }, 'too_many_keys'],
    ['sends too much', { status: 200, body: `{"keys":[]${' '.repeat(128 * 1024)}}` }, 'body_too_large'],
  ] as const)('%s', async (_what, answer, failure) => {
    server.behave(answer);
    expect(await find('one')).toEqual({ failure });
    expect(calls()).toBe(1);
  });

  it.each(['hang', 'trickle'] as const)('(%s) is left after two seconds, and not called again for ten', async (how) => {
    server.behave(how);
    expect(await find('one')).toEqual({ failure: 'timeout' });
    now += 9;
    expect(await find('one')).toEqual({ failure: 'timeout' });
    expect(calls()).toBe(1);
    now += 1;
    server.publish(ONE);
    expect(await find('one')).toEqual({ keys: [ONE] });
  });

  it('takes no key away for 15 minutes, and then all', async () => {
    await find('one');
    server.behave({ status: 500, body: '' });
    now += 899;
    expect(await find('one')).toEqual({ keys: [ONE] });
    now += 1;
    expect(await find('one')).toEqual({ failure: 'wrong_status' });
    server.publish(ONE);
    now += 10;
    expect(await find('one')).toEqual({ keys: [ONE] });
  });

  it('sends private keys and shared secrets, which are left out', async () => {
    const leaked = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
    server.publish({ ...leaked, kid: 'two' }, { kty: 'oct', k: 'c2VjcmV0', kid: 'three' }, ONE);
    expect(await find('one')).toEqual({ keys: [ONE] });
  });
});

describe('an address that is not public', () => {
  it.each([
    ['this machine by its name', () => server.url],
    ['the credentials of an instance', () => 'https://169.254.169.254/'],
  ])('is not called: %s', async (_what, url) => {
    const strict = new HttpsKeySets([], () => now);
    expect(await strict.find(url(), { kid: 'one' })).toEqual({ failure: 'address_not_public' });
    expect(calls()).toBe(0);
  });

  it('is not called without TLS', async () => {
    const plain = server.url.replace('https:', 'http:');
    expect(await keySets.find(plain, { kid: 'one' })).toEqual({ failure: 'not_https' });
    expect(calls()).toBe(0);
  });
});
