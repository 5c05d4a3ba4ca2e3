import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import {
  authenticateClient,
  type ClientAuthenticationPorts,
} from '../../../provider/flows/client/authenticate-client.ts';
import { refusalOf, valueFrom } from '../../core/given.ts';
import { BANK, basic, clientCall, clientsIn } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

const POSTING: Client = {
  ...BANK,
  clientId: 'shop',
  credential: { method: 'client_secret_post', secretHash: sha256('s3cret') },
};
const KEYED: Client = {
  ...BANK,
  clientId: 'keyed',
  credential: { method: 'private_key_jwt', algorithms: ['ES256'], keys: [keyNamed('keyed')] },
};
const STRICT: Client = { ...POSTING, clientId: 'strict', strictMethod: true };
const PROVEN = { method: 'client_secret_post', secretHash: sha256('s3cret') };
const POSTED = { client_id: 'shop', client_secret: 's3cret' };

function secretWorld(boundTokens: 'never' | 'when_proven' = 'never') {
  const world = startWorld();
  const { journal, note } = world;
  const { clients, copy, stored, profile } = clientsIn(journal, [BANK, POSTING, STRICT, KEYED], { boundTokens });
  const ports: ClientAuthenticationPorts = { ...world.ports, clients, profile, ...signaturesIn(journal) };
  const call = (form: Record<string, string | string[]>, authorization?: string) => {
    const { headers, ...rest } = clientCall(note, form);
    return authenticateClient(ports, { ...rest, headers: { ...headers, authorization } });
  };
  return { ...world, call, copy, stored };
}

describe('a client with a secret is authenticated', () => {
  it('by the form, with one look-up and its name in the log (RFC 6749 §2.3.1)', async () => {
    const { call, journal, line } = secretWorld();
    expect(valueFrom(await call(POSTED))).toStrictEqual({ client: POSTING, credential: PROVEN });
    expect(journal.calls).toEqual(['find client shop']);
    expect(line()).toEqual({ client_id: 'shop' });
  });

  it('by the header, with its own client_id beside it', async () => {
    const { call } = secretWorld();
    expect(valueFrom(await call({ client_id: 'bank' }, basic('bank', 's3cret'))).client).toEqual(BANK);
  });

  it('in the header, though it registered the form, and in the form, though it registered the header (RFC 6749 §2.3.1)', async () => {
    const { call } = secretWorld();
    const used = { method: 'client_secret_basic', secretHash: sha256('s3cret') };
    expect(valueFrom(await call({}, basic('shop', 's3cret')))).toStrictEqual({ client: POSTING, credential: used });
    const posted = await call({ client_id: 'bank', client_secret: 's3cret' });
    expect(valueFrom(posted)).toStrictEqual({ client: BANK, credential: PROVEN });
  });

  it('and has proved no key, where the profile would bind tokens to one', async () => {
    expect(valueFrom(await secretWorld('when_proven').call(POSTED))).toStrictEqual({
      client: POSTING,
      credential: PROVEN,
      confirmation: undefined,
    });
  });
});

describe('nobody is looked up', () => {
  it.each(['client_id', 'client_secret', 'client_assertion', 'client_assertion_type'])(
    'for a repeated %s (RFC 6749 §3.2)',
    async (name) => {
      const { call, journal } = secretWorld();
      expect(refusalOf(await call({ ...POSTED, [name]: ['a', 'b'] }))).toEqual({ reason: 'repeated_parameter', name });
      expect(journal.calls).toEqual([]);
    },
  );

  it.each<[string, Record<string, string>, string | undefined, object]>([
    ['without any authentication', {}, undefined, { reason: 'no_client_authentication' }],
    ['for a client_id alone', { client_id: 'bank' }, undefined, { reason: 'no_client_authentication' }],
    ['for a secret alone', { client_secret: 's3cret' }, undefined, { reason: 'no_client_authentication' }],
    [
      'for another client_id beside the header (RFC 6749 §2.3)',
      { client_id: 'shop' },
      basic('bank', 's3cret'),
      { reason: 'several_client_authentications' },
    ],
    [
      'for a header and an assertion',
      { client_assertion: 'a.b.c' },
      basic('bank', 's3cret'),
      { reason: 'several_client_authentications' },
    ],
    [
      'for a secret and the type of an assertion',
      { ...POSTED, client_assertion_type: 'x' },
      undefined,
      { reason: 'several_client_authentications' },
    ],
    ['for an id that can be no client’s', { ...POSTED, client_id: '../x' }, undefined, { reason: 'unknown_client' }],
    ['for such an id in the header', {}, basic('x'.repeat(3000), 'x'), { reason: 'unknown_client' }],
    [
      'for a secret in the form beside the header',
      { client_secret: 's3cret' },
      basic('bank', 's3cret'),
      { reason: 'several_client_authentications' },
    ],
    ['for a scheme that is not Basic', POSTED, 'Bearer x', { reason: 'malformed_authorization_header' }],
  ])('%s', async (_name, form, authorization, refusal) => {
    const { call, journal } = secretWorld();
    expect(refusalOf(await call(form, authorization))).toEqual(refusal);
    expect(journal.calls).toEqual([]);
  });
});

describe('a client with a secret is not authenticated', () => {
  it('when nobody has its id; the log names nobody', async () => {
    const { call, line } = secretWorld();
    expect(refusalOf(await call({ ...POSTED, client_id: 'nobody' }))).toEqual({ reason: 'unknown_client' });
    expect(line()).toEqual({});
  });

  it('by a wrong secret, in header or form; the log names it', async () => {
    const { call, line } = secretWorld();
    expect(refusalOf(await call({}, basic('bank', 'wrong')))).toEqual({ reason: 'wrong_client_secret' });
    expect(refusalOf(await call({ ...POSTED, client_secret: 'wrong' }))).toEqual({ reason: 'wrong_client_secret' });
    expect(line()).toEqual({ client_id: 'shop' });
  });

  it('by an empty secret, or by the hash that is stored', async () => {
    const { call } = secretWorld();
    for (const client_secret of [[], sha256('s3cret')])
      expect(refusalOf(await call({ ...POSTED, client_secret }))).toEqual({ reason: 'wrong_client_secret' });
  });

  it('when it registered a key, and no secret is the right one', async () => {
    const { call } = secretWorld();
    for (const client_secret of ['s3cret', ''])
      expect(refusalOf(await call({ client_id: 'keyed', client_secret }))).toEqual({
        reason: 'wrong_authentication_method',
        registered: 'private_key_jwt',
      });
  });

  it('in the other way than it registered, with its right secret, if it is strict (CIBA §4)', async () => {
    const { call } = secretWorld();
    const refusal = { reason: 'wrong_authentication_method', registered: 'client_secret_post' };
    expect(refusalOf(await call({}, basic('strict', 's3cret')))).toEqual(refusal);
    expect((await call({ ...POSTED, client_id: 'strict' })).ok).toBe(true);
  });

  it('in the other way than it registered, with a wrong secret', async () => {
    const { call } = secretWorld();
    expect(refusalOf(await call({}, basic('shop', 'wrong')))).toEqual({ reason: 'wrong_client_secret' });
  });

  it('in an outage, which is a fault and not a refusal', async () => {
    const { call, journal } = secretWorld();
    journal.breakAt('find client');
    await expect(call(POSTED)).rejects.toThrow(Outage);
  });
});

describe('a function that knows a client from before', () => {
  const withSecrets = (credential: object): Client => ({
    ...POSTING,
    credential: { method: 'client_secret_post', secretHash: sha256('n3w'), ...credential },
  });

  it('reads it once when a secret fails, so that a new secret works at once', async () => {
    const { call, copy, stored, journal } = secretWorld();
    copy('shop');
    const renewed = withSecrets({});
    stored.set('shop', renewed);
    const answer = valueFrom(await call({ ...POSTED, client_secret: 'n3w' }));
    expect(answer).toStrictEqual({
      client: renewed,
      credential: { method: 'client_secret_post', secretHash: sha256('n3w') },
    });
    expect(journal.calls).toEqual(['find client shop']);
  });

  it('does not read it for a secret that works', async () => {
    const { call, copy, journal } = secretWorld();
    copy('shop');
    expect((await call(POSTED)).ok).toBe(true);
    expect(journal.calls).toEqual([]);
  });

  it('reads a client anew that changed its method, and one that was not there before', async () => {
    const { call, copy, stored, journal, line } = secretWorld();
    copy('bank');
    copy('late');
    stored.set('bank', { ...withSecrets({}), clientId: 'bank' });
    stored.set('late', { ...withSecrets({}), clientId: 'late' });
    for (const client_id of ['bank', 'late']) expect((await call({ client_id, client_secret: 'n3w' })).ok).toBe(true);
    expect(journal.calls).toEqual(['find client bank', 'find client late']);
    expect(line()).toMatchObject({ client_id: 'late' });
  });

  it('judges an ended secret by the clock, also in a copy', async () => {
    const { call, copy, stored, time } = secretWorld();
    stored.set('shop', withSecrets({ oldSecret: { hash: sha256('s3cret'), expiresAt: time.now + 60 } }));
    copy('shop');
    expect((await call(POSTED)).ok).toBe(true);
    time.now += 60;
    expect(refusalOf(await call(POSTED))).toEqual({ reason: 'client_secret_expired' });
  });

  it('notes the days that are left of a secret in its last 14, and refuses it from its end on', async () => {
    const { call, stored, time, line } = secretWorld();
    const secretExpiresAt = time.now + 15 * 86_400;
    stored.set('shop', { ...POSTING, credential: { ...POSTING.credential, secretExpiresAt } as Client['credential'] });
    expect((await call(POSTED)).ok).toBe(true);
    expect(line()).not.toHaveProperty('secret_days_left');
    time.now += 2 * 86_400;
    expect((await call(POSTED)).ok).toBe(true);
    expect(line()).toMatchObject({ client_id: 'shop', secret_days_left: 13 });
    time.now = secretExpiresAt;
    expect(refusalOf(await call(POSTED))).toEqual({ reason: 'client_secret_expired' });
    expect(refusalOf(await call({ ...POSTED, client_secret: 'wrong' }))).toEqual({ reason: 'wrong_client_secret' });
  });

  it('reads the client again for a secret that ended in a copy: its end may have been moved', async () => {
    const { call, copy, stored, time, journal } = secretWorld();
    const ending = (secretExpiresAt: number) =>
      ({ ...POSTING, credential: { ...POSTING.credential, secretExpiresAt } }) as Client;
    stored.set('shop', ending(time.now + 10));
    copy('shop');
    stored.set('shop', ending(time.now + 86_400));
    time.now += 10;
    expect((await call(POSTED)).ok).toBe(true);
    expect(journal.calls).toEqual(['find client shop']);
  });

  it('marks the synthetic login in the log by its mark, not by its name', async () => {
    const { call, stored, line } = secretWorld();
    stored.set('shop', { ...POSTING, isSynthetic: true });
    await call(POSTED);
    expect(line()).toEqual({ client_id: 'shop', synthetic: true });
  });
});
