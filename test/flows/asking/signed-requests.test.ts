import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { SigningAlgorithm } from '../../../provider/core/keys/jwk.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { keyNamed } from '../world/signatures.ts';
import { askingWorld } from './given.ts';

const URI = 'https://bank.example/jwks.json';
const SECRET = { method: 'client_secret_basic', secretHash: sha256('s3cret') } as const;
const SIGNING: Partial<Client> = {
  requestAlgorithm: 'ES256',
  credential: { ...SECRET, keys: [{ ...keyNamed('key-1'), kid: 'kid-1' }] },
};
const CLAIMS = { iss: 'bank', aud: ISSUER, iat: NOW, nbf: NOW, exp: NOW + 300, jti: 'jti-1' };
const ASKED = { scope: 'openid', login_hint: 'ana@example.com' };

/** A bank that signs its requests, and what it sends. */
function signingWorld(client: Partial<Client> = SIGNING) {
  const world = askingWorld({ client });
  const request = ({ claims = {}, header = {}, key = 'key-1', algorithm = 'ES256' }: Signed = {}) =>
    world.sign({
      header: { kid: 'kid-1', ...header },
      claims: { ...CLAIMS, ...ASKED, ...claims },
      key: keyNamed(key),
      algorithm,
    });
  const sendSigned = (signed: Signed = {}, beside: Record<string, string> = {}) =>
    world.send({ request: request(signed), ...beside });
  return { ...world, sendSigned };
}
type Signed = { claims?: TokenClaims; header?: TokenClaims; key?: string; algorithm?: SigningAlgorithm };

describe('a signed request (CIBA §7.1.1)', () => {
  it('asks the user: the signature is checked first, then the jti is used, then the user is looked up (CIBA §7.2)', async () => {
    const { sendSigned, journal } = signingWorld();
    expect(valueFrom(await sendSigned({ claims: { requested_expiry: 300 } })).expires_in).toBe(300);
    expect(journal.calls.slice(0, 4)).toEqual([
      'find client bank',
      'verify under key-1',
      'use jti jti-1 of bank#request until 300',
      'resolve email ana@example.com',
    ]);
  });

  it('works once', async () => {
    const { sendSigned, journal } = signingWorld();
    await sendSigned();
    const before = journal.calls.length;
    expect(refusalOf(await sendSigned())).toEqual({ reason: 'request_object_replayed' });
    expect(journal.calls.slice(before).at(-1)).toBe('use jti jti-1 of bank#request until 300');
    expect((await sendSigned({ claims: { jti: 'jti-2' } })).ok).toBe(true);
  });

  it('may use a jti that an assertion of the client had', async () => {
    const { sendSigned, used } = signingWorld();
    used.add('bank jti-1');
    expect((await sendSigned()).ok).toBe(true);
  });

  it('is not required of a client that may sign', async () => {
    expect((await signingWorld().ask()).ok).toBe(true);
  });

  it('is verified by a key at the jwks_uri of the client', async () => {
    const world = signingWorld({ ...SIGNING, credential: { ...SECRET, keys: [], jwksUri: URI } });
    world.published.set(URI, {
      keys: [
        { ...keyNamed('other'), kid: 'kid-2' },
        { ...keyNamed('key-1'), kid: 'kid-1' },
      ],
    });
    expect((await world.sendSigned()).ok).toBe(true);
    expect(world.journal.calls.slice(1, 3)).toEqual([`find keys at ${URI} for kid kid-1`, 'verify under key-1']);
  });

  it('is verified by a key of a client that authenticates with its keys as well', async () => {
    const keys = [{ ...keyNamed('key-1'), kid: 'kid-1' }];
    const world = signingWorld({ ...SIGNING, credential: { method: 'private_key_jwt', algorithms: ['ES256'], keys } });
    const assertion = world.sign({ claims: { ...CLAIMS, sub: 'bank' }, key: keyNamed('key-1') });
    const type = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
    const beside = { client_assertion: assertion, client_assertion_type: type };
    expect((await world.sendSigned({}, beside)).ok).toBe(true);
    expect(world.journal.calls.filter((call) => call.startsWith('use jti'))).toEqual([
      'use jti jti-1 of bank until 360',
      'use jti jti-1 of bank#request until 300',
    ]);
  });
});

describe('nothing is stored, and nobody is looked up (CIBA §7.1.1)', () => {
  it.each<[string, Signed, object]>([
    ['for a signature under another key', { key: 'other' }, { reason: 'request_object_signature' }],
    ['for a kid that is not registered', { header: { kid: 'kid-2' } }, { reason: 'request_object_signature' }],
    ['for no signature', { header: { alg: 'none' } }, { reason: 'request_object_signature' }],
    ['for an HMAC under a public key', { header: { alg: 'HS256' } }, { reason: 'request_object_signature' }],
    [
      'for another algorithm than the registered one',
      { header: { alg: 'PS256' }, algorithm: 'PS256' },
      { reason: 'request_object_signature' },
    ],
    [
      'for a key in the header',
      { header: { jwk: keyNamed('other'), jku: URI }, key: 'other' },
      { reason: 'request_object_signature' },
    ],
    ['for a request of another client', { claims: { iss: 'other' } }, { reason: 'request_object_claim', claim: 'iss' }],
    ['for a request to another provider', { claims: { aud: 'https://x.example/' } }, { claim: 'aud' }],
    ['for a request that has ended', { claims: { exp: NOW } }, { claim: 'exp' }],
    ['for a client assertion', { claims: { sub: 'bank' } }, { claim: 'sub' }],
    ['for a JWT of another type', { header: { typ: 'at+jwt' } }, { claim: 'typ' }],
    [
      'for a claim of the wrong type',
      { claims: { login_hint: { email: 'ana@example.com' } } },
      { claim: 'login_hint' },
    ],
    ['for a request without openid', { claims: { scope: 'profile' } }, { reason: 'openid_scope_missing' }],
    ['for a request without a hint', { claims: { login_hint: '' } }, { reason: 'no_hint' }],
    ['for an audience that it may not have', { claims: { audience: 'urn:x' } }, { reason: 'invalid_target' }],
  ])('%s', async (_what, signed, refusal) => {
    const { sendSigned, journal } = signingWorld();
    expect(refusalOf(await sendSigned(signed))).toMatchObject(refusal);
    expect(journal.calls.filter((call) => !call.startsWith('verify'))).toEqual(['find client bank']);
  });

  it('for something else than a JWT: nothing is verified either', async () => {
    const { send, journal } = signingWorld();
    expect(refusalOf(await send({ request: 'a.b.c.d.e' }))).toEqual({ reason: 'malformed_request_object' });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('for a parameter outside', async () => {
    const { sendSigned, journal } = signingWorld();
    expect(refusalOf(await sendSigned({}, { binding_message: '1234' }))).toEqual({
      reason: 'parameter_outside_signed_request',
      name: 'binding_message',
    });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('while the keys of the client cannot be fetched', async () => {
    const world = signingWorld({ ...SIGNING, credential: { ...SECRET, keys: [], jwksUri: URI } });
    expect(refusalOf(await world.sendSigned())).toEqual({
      reason: 'request_keys_unavailable',
      because: 'name_not_found',
    });
    expect(world.journal.calls).toEqual(['find client bank', `find keys at ${URI} for kid kid-1`]);
  });

  it('for a parameter in the form, if the client must sign (RFC 9101 §10.5)', async () => {
    const { ask, journal } = signingWorld({ ...SIGNING, requiresSignedRequests: true });
    expect(refusalOf(await ask())).toEqual({ reason: 'signed_request_required' });
    expect(journal.calls).toEqual(['find client bank']);
  });

  it('for another algorithm than that of the profile', async () => {
    const world = askingWorld({ client: SIGNING, profile: { requestAlgorithms: ['PS256'] } });
    const request = world.sign({ claims: { ...CLAIMS, ...ASKED }, key: keyNamed('key-1') });
    expect(refusalOf(await world.send({ request }))).toEqual({ reason: 'request_object_signature' });
  });

  it('for a client that is not registered for signed requests: its keys are not fetched', async () => {
    const { sendSigned, journal } = signingWorld({ credential: { ...SECRET, keys: [], jwksUri: URI } });
    expect(refusalOf(await sendSigned())).toEqual({ reason: 'signed_request_not_registered' });
    expect(journal.calls).toEqual(['find client bank']);
  });
});
