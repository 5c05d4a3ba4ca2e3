import { describe, expect, it } from 'vitest';
import type { Client, ClientCredential } from '../../../provider/core/client/client.ts';
import type { Profile } from '../../../provider/core/client/profile.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import {
  authenticateClient,
  type ClientAuthenticationPorts,
} from '../../../provider/flows/client/authenticate-client.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { BANK, clientCall, clientsIn } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

const TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
const KEYED: Client = {
  ...BANK,
  credential: { method: 'private_key_jwt', algorithms: ['ES256'], keys: [keyNamed('key-1')] },
};

/** A client with keys, and the assertions that it signs. */
function assertionWorld(credential: ClientCredential = KEYED.credential, different: Partial<Profile> = {}) {
  const world = startWorld();
  const { journal, note } = world;
  const client = { ...KEYED, credential };
  const { clients, profile, stored, copy } = clientsIn(journal, [client], different);
  const { sign, verifier, remoteKeySets, published } = signaturesIn(journal);
  const ports: ClientAuthenticationPorts = { ...world.ports, clients, profile, verifier, remoteKeySets };
  const send = (form: Record<string, string>) => {
    const call = clientCall(note, { client_assertion_type: TYPE, ...form });
    return authenticateClient(ports, { ...call, headers: {} });
  };
  const assertion = ({ claims = {}, header = {}, key = 'key-1' }: Signed = {}) =>
    sign({
      header,
      claims: { iss: 'bank', sub: 'bank', aud: ISSUER, exp: NOW + 60, jti: 'jti-1', ...claims },
      key: keyNamed(key),
    });
  const call = (signed: Signed = {}, form: Record<string, string> = {}) =>
    send({ client_assertion: assertion(signed), ...form });
  return { ...world, client, stored, copy, send, call, published };
}
type Signed = { claims?: TokenClaims; header?: TokenClaims; key?: string };

const withKeys = (...keys: { kid?: string; alg?: string; name: string }[]): ClientCredential => ({
  method: 'private_key_jwt',
  algorithms: ['ES256'],
  keys: keys.map(({ name, ...more }) => ({ ...keyNamed(name), ...more })),
});
const wrongClaim = (claim: string) => expect.objectContaining({ reason: 'client_assertion_claim', claim });

describe('a client with a key is authenticated by its assertion (RFC 7523 §3)', () => {
  it('signature first, then claims, then the jti, kept until a minute after its end', async () => {
    const { call, journal, client, line } = assertionWorld();
    const credential = { method: 'private_key_jwt', key: keyNamed('key-1'), algorithm: 'ES256' };
    expect(valueFrom(await call())).toEqual({ client, credential });
    expect(journal.calls).toEqual(['find client bank', 'verify under key-1', 'use jti jti-1 of bank until 120']);
    expect(line()).toEqual({ client_id: 'bank' });
  });

  it('once', async () => {
    const { call } = assertionWorld();
    await call();
    expect(refusalOf(await call())).toEqual({ reason: 'client_assertion_replayed' });
    expect((await call({ claims: { jti: 'jti-2' } })).ok).toBe(true);
  });

  it('for the token endpoint or the backchannel authentication endpoint as well (CIBA §7.1)', async () => {
    for (const aud of [`${ISSUER}token`, `${ISSUER}bc-authorize`])
      expect((await assertionWorld().call({ claims: { aud } })).ok).toBe(true);
  });

  it('under a key that was registered after the function had read the client', async () => {
    const { call, copy, stored, client, journal } = assertionWorld();
    copy('bank');
    stored.set('bank', { ...client, credential: withKeys({ name: 'key-1' }, { name: 'new' }) });
    expect((await call({ key: 'new' })).ok).toBe(true);
    const read = ['find client bank', 'verify under key-1', 'verify under new'];
    expect(journal.calls.slice(0, -1)).toEqual(['verify under key-1', ...read]);
  });

  it('with its own client_id beside it', async () => {
    expect((await assertionWorld().call({}, { client_id: 'bank' })).ok).toBe(true);
  });

  it('under any of its keys that the header does not rule out', async () => {
    const keys = withKeys(
      { name: 'first', kid: 'a' },
      { name: 'second', kid: 'b', alg: 'ES256' },
      { name: 'rsa', kid: 'b', alg: 'RS256' },
      { name: 'nameless' },
    );
    const { call, journal } = assertionWorld(keys);
    expect((await call({ key: 'second', header: { kid: 'b' } })).ok).toBe(true);
    expect(journal.calls.slice(1, -1)).toEqual(['verify under second', 'verify under nameless']);
    journal.calls.length = 0;
    expect((await call({ key: 'first', claims: { jti: 'jti-2' } })).ok).toBe(true);
    expect(journal.calls.slice(1, -1)).toEqual(['verify under first', 'verify under second', 'verify under nameless']);
  });
});

describe('a client that publishes its keys (RFC 7591 §2)', () => {
  const URI = 'https://bank.example/jwks.json';
  const PUBLISHED: ClientCredential = { method: 'private_key_jwt', algorithms: ['ES256'], keys: [], jwksUri: URI };
  const FOUND = `find keys at ${URI} for kid kid-1`;
  const header = { kid: 'kid-1' };

  it('is authenticated by the key that is there', async () => {
    const { call, published, journal } = assertionWorld(PUBLISHED);
    const key = { ...keyNamed('key-1'), kid: 'kid-1' };
    published.set(URI, { keys: [key] });
    const credential = { method: 'private_key_jwt', key, algorithm: 'ES256', jwksUri: URI };
    expect(valueFrom(await call({ header }))).toMatchObject({ credential });
    expect(journal.calls).toEqual(['find client bank', FOUND, 'verify under key-1', 'use jti jti-1 of bank until 120']);
  });

  it('is not authenticated while they cannot be fetched: the answer says no more than for any failure', async () => {
    const { call, used } = assertionWorld(PUBLISHED);
    const refusal = refusalOf(await call({ header }));
    expect(refusal).toEqual({ reason: 'client_keys_unavailable', because: 'name_not_found' });
    expect(used.size).toBe(0);
  });

  it('is not authenticated by a key that is not there', async () => {
    const { call, published, journal } = assertionWorld(PUBLISHED);
    published.set(URI, { keys: [keyNamed('other')] });
    expect(refusalOf(await call({ header }))).toEqual({ reason: 'client_assertion_signature' });
    expect(journal.calls).toEqual(['find client bank', FOUND, 'verify under other']);
  });

  it.each([
    ['under none', { alg: 'none' }],
    ['under HMAC', { alg: 'HS256' }],
    ['under an algorithm that it did not register', { alg: 'RS256' }],
  ])('costs no call for a made-up assertion %s', async (_what, made) => {
    const { call, journal } = assertionWorld(PUBLISHED);
    expect(refusalOf(await call({ header: made }))).toEqual({ reason: 'client_assertion_signature' });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('is read anew when the keys at its former address cannot be fetched', async () => {
    const { call, copy, stored, client, published, journal } = assertionWorld(PUBLISHED);
    copy('bank');
    const moved = 'https://bank.example/new.json';
    stored.set('bank', { ...client, credential: { ...PUBLISHED, jwksUri: moved } });
    published.set(moved, { keys: [keyNamed('key-1')] });
    expect((await call({ header })).ok).toBe(true);
    expect(journal.calls.slice(0, 3)).toEqual([FOUND, 'find client bank', `find keys at ${moved} for kid kid-1`]);
  });
});

describe('a client with a key is not authenticated, and no jti is used up', () => {
  it.each<[string, Signed, object]>([
    ['under another key', { key: 'stranger' }, { reason: 'client_assertion_signature' }],
    [
      'under an algorithm that it did not register',
      { header: { alg: 'RS256' } },
      { reason: 'client_assertion_signature' },
    ],
    ['under none', { header: { alg: 'none' } }, { reason: 'client_assertion_signature' }],
    ['as another issuer', { claims: { iss: 'shop' } }, wrongClaim('iss')],
    ['for another audience', { claims: { aud: 'https://evil.example/' } }, wrongClaim('aud')],
    ['for a former name of the issuer', { claims: { aud: 'https://old.example/' } }, wrongClaim('aud')],
    ['a minute after its end', { claims: { exp: NOW - 60 } }, wrongClaim('exp')],
    ['for longer than five minutes and a minute of leeway', { claims: { exp: NOW + 361 } }, wrongClaim('exp')],
    ['without a jti', { claims: { jti: undefined } }, wrongClaim('jti')],
  ])('%s', async (_name, signed, refusal) => {
    const { call, used } = assertionWorld();
    expect(refusalOf(await call(signed))).toEqual(refusal);
    expect(used.size).toBe(0);
  });

  it('when it registered a secret: no signature is verified', async () => {
    const { call, journal } = assertionWorld(BANK.credential);
    const refusal = { reason: 'wrong_authentication_method', registered: 'client_secret_basic' };
    expect(refusalOf(await call())).toEqual(refusal);
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('when nobody has its id', async () => {
    const { call, journal } = assertionWorld();
    expect(refusalOf(await call({ claims: { sub: 'nobody' } }))).toEqual({ reason: 'unknown_client' });
    expect(journal.calls).toEqual(['find client nobody']);
  });

  it('under an algorithm that the profile does not accept', async () => {
    const { call } = assertionWorld(KEYED.credential, { assertionAlgorithms: ['PS256'] });
    expect(refusalOf(await call())).toEqual({ reason: 'client_assertion_signature' });
  });
});

describe('nobody is looked up', () => {
  it('for something that is no JWT, or names no subject', async () => {
    const { send, call, journal } = assertionWorld();
    expect(refusalOf(await send({ client_assertion: 'no JWT' }))).toEqual({ reason: 'malformed_client_assertion' });
    const malformed = { reason: 'malformed_client_assertion' };
    expect(refusalOf(await call({ claims: { sub: 7 } }))).toEqual(malformed);
    expect(journal.calls).toEqual([]);
  });

  it('for another client_id beside the assertion', async () => {
    const { call, journal } = assertionWorld();
    expect(refusalOf(await call({}, { client_id: 'shop' }))).toEqual({
      reason: 'client_assertion_claim',
      claim: 'sub',
      expected: 'the client id',
    });
    expect(journal.calls).toEqual([]);
  });

  it('for an assertion of another type, or a type without an assertion', async () => {
    const { call, send, journal } = assertionWorld();
    const none = { reason: 'no_client_authentication' };
    expect(refusalOf(await call({}, { client_assertion_type: 'other' }))).toEqual(none);
    expect(refusalOf(await send({}))).toEqual(none);
    expect(journal.calls).toEqual([]);
  });
});

it.each(['find client', 'verify', 'use jti'])('an outage at "%s" is a fault, not a refusal', async (at) => {
  const { call, journal } = assertionWorld();
  journal.breakAt(at);
  await expect(call()).rejects.toThrow(Outage);
});
