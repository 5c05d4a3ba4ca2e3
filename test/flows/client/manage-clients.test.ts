import { describe, expect, it } from 'vitest';
import type { Client } from '../../../provider/core/client/client.ts';
import type { ClientMetadata } from '../../../provider/core/client/metadata.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { MemberChange } from '../../../provider/core/member-change.ts';
import {
  createClient,
  listClients,
  readClient,
  removeClient,
  updateClient,
} from '../../../provider/flows/client/manage-clients.ts';
import { NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { Outage } from '../world/journal.ts';
import { keyNamed } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

const JWKS = { keys: [keyNamed('key-1')] };
const KEYED: Client = {
  ...BANK,
  credential: { method: 'private_key_jwt', algorithms: ['ES256'], keys: JWKS.keys },
};

function registryWorld(...given: Client[]) {
  const world = startWorld();
  const { clientRegistry, stored, isRepeated } = clientsIn(world.journal, given);
  const ports = { ...world.ports, clientRegistry };
  const create = (metadata: Partial<ClientMetadata> = {}) =>
    createClient(
      ports,
      { client_name: 'Example Shop', token_endpoint_auth_method: 'client_secret_basic', ...metadata },
      'operator',
    );
  const update = (metadata: MemberChange<ClientMetadata>, newSecret = false, oldSecretExpiresIn?: number) =>
    updateClient(ports, { clientId: 'bank', metadata, newSecret, oldSecretExpiresIn, by: 'operator' });
  return { ...world, ports, stored, isRepeated, create, update };
}
const AUDITED = { clientId: 'bank', by: 'operator', at: NOW };

describe('an operator registers a client', () => {
  it('with an id and a secret made here; the secret is told once and stored as a hash (RFC 7591 §3.2.1)', async () => {
    const { create, stored, journal, audited } = registryWorld();
    const view = valueFrom(await create());
    expect(view).toMatchObject({
      client_id: 'id-1',
      client_name: 'Example Shop',
      client_secret: 'secret-1',
      client_secret_expires_at: 0,
    });
    expect(stored.get('id-1')?.credential).toEqual({
      method: 'client_secret_basic',
      secretHash: sha256('secret-1'),
    });
    expect(stored.get('id-1')?.registrationId).toBe('id-2');
    expect(view).not.toHaveProperty('registration_id');
    expect(journal.calls).toEqual(['create client id-1', 'audit client_created']);
    const scope = { member: 'scope', before: undefined, after: 'openid' };
    const changed = expect.arrayContaining([scope, { member: 'client_name' }, { member: 'client_secret' }]);
    expect(audited).toEqual([{ event: 'client_created', clientId: 'id-1', changed, by: 'operator', at: NOW }]);
  });

  it('with an id of its own choice', async () => {
    expect(valueFrom(await registryWorld().create({ client_id: 'shop' })).client_id).toBe('shop');
  });

  it('with keys, and is told no secret', async () => {
    const { create } = registryWorld();
    const view = valueFrom(await create({ token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS }));
    expect(view).not.toHaveProperty('client_secret');
    expect(view).not.toHaveProperty('client_secret_expires_at');
  });

  it('but not under the id of the synthetic login, whether or not there is one', async () => {
    const { create, journal } = registryWorld();
    expect(refusalOf(await create({ client_id: 'synthetic-login' }))).toEqual({ reason: 'reserved_id' });
    expect(journal.calls).toEqual([]);
  });

  it('but not under an id that is taken, nor with bad metadata; then nothing is audited', async () => {
    const { create, journal, stored, audited } = registryWorld(BANK);
    expect(refusalOf(await create({ client_id: 'bank' }))).toEqual({ reason: 'conflict', what: 'client_id' });
    expect(stored.get('bank')).toBe(BANK);
    expect(refusalOf(await create({ client_name: 'a\u202Eb' }))).toMatchObject({ member: 'client_name' });
    expect(journal.calls).toEqual(['create client bank']);
    expect(audited).toEqual([]);
  });
});

describe('an operator reads clients', () => {
  it('without anything secret', async () => {
    const { ports } = registryWorld(BANK);
    const view = valueFrom(await readClient(ports, 'bank'));
    expect(view).toMatchObject({ client_id: 'bank', client_name: 'Example Bank', scope: 'openid profile' });
    expect(JSON.stringify(view)).not.toContain(sha256('s3cret'));
    expect(refusalOf(await readClient(ports, 'nobody'))).toEqual({ reason: 'not_found', what: 'client' });
  });

  it('with a mark on the one of the synthetic login, and on no other', async () => {
    const { ports } = registryWorld(BANK, { ...BANK, clientId: 'synthetic-login', isSynthetic: true });
    expect(valueFrom(await readClient(ports, 'synthetic-login'))).toMatchObject({ synthetic: true });
    expect(valueFrom(await readClient(ports, 'bank'))).not.toHaveProperty('synthetic');
  });

  it('page by page; the last page names no next', async () => {
    const { ports, journal } = registryWorld(BANK, { ...BANK, clientId: 'shop' });
    const first = valueFrom(await listClients(ports, { after: undefined, limit: 1 }));
    expect(first).toEqual({ clients: [expect.objectContaining({ client_id: 'bank' })], next: 'bank' });
    const last = valueFrom(await listClients(ports, { after: first.next, limit: 1 }));
    expect(last).toEqual({ clients: [expect.objectContaining({ client_id: 'shop' })] });
    expect(last).not.toHaveProperty('next');
    expect(journal.calls).toEqual(['list 1 clients after ""', 'list 1 clients after "bank"']);
  });
});

describe('an operator changes a client', () => {
  it('member by member: the others stay, the secret too, and none is told', async () => {
    const { update, stored, journal, audited } = registryWorld(BANK);
    const view = valueFrom(await update({ client_name: 'New Bank' }));
    expect(view).toMatchObject({ client_name: 'New Bank', scope: 'openid profile' });
    expect(view).not.toHaveProperty('client_secret');
    expect(view).not.toHaveProperty('old_secret_expires_at');
    expect(stored.get('bank')).toMatchObject({ credential: BANK.credential, registrationId: BANK.registrationId });
    expect(journal.calls).toEqual(['find client bank', 'replace client bank', 'audit client_updated']);
    expect(audited).toEqual([{ event: 'client_updated', changed: [{ member: 'client_name' }], ...AUDITED }]);
  });

  it('and the trail says what changed, against what was stored at the time', async () => {
    const { update, journal, stored, audited } = registryWorld(BANK);
    let isFirst = true;
    journal.meanwhile('replace', () => {
      if (isFirst) stored.set('bank', { ...BANK, audiences: ['urn:other'] });
      isFirst = false;
    });
    await update({ audiences: ['urn:a'], client_name: BANK.name });
    const changed = [{ member: 'audiences', before: ['urn:other'], after: ['urn:a'] }];
    expect(audited).toEqual([{ event: 'client_updated', changed, ...AUDITED }]);
  });

  it('keeps the name when it is not given, and takes out what is null', async () => {
    const { update, stored } = registryWorld({ ...BANK, requestsPerMinute: 60 });
    await update({ requests_per_minute: null });
    expect(stored.get('bank')).toMatchObject({ name: 'Example Bank', requestsPerMinute: undefined });
  });

  it('gives it a new secret, which ends the old one now unless the change says otherwise', async () => {
    const { update, stored } = registryWorld(BANK);
    expect(valueFrom(await update({}, true))).toMatchObject({
      client_secret: 'secret-1',
      client_secret_expires_at: 0,
      old_secret_expires_at: NOW,
    });
    expect(stored.get('bank')?.credential).toEqual({
      method: 'client_secret_basic',
      secretHash: sha256('secret-1'),
    });
  });

  it('gives it a new secret beside the old one, and says until when both work; no hash is shown', async () => {
    const { update, ports, stored, time } = registryWorld(BANK);
    const end = { old_secret_expires_at: NOW + 3600 };
    expect(valueFrom(await update({}, true, 3600))).toMatchObject({ client_secret: 'secret-1', ...end });
    expect(stored.get('bank')?.credential).toEqual({
      method: 'client_secret_basic',
      secretHash: sha256('secret-1'),
      oldSecret: { hash: sha256('s3cret'), expiresAt: NOW + 3600, replacedAt: NOW },
    });
    const told = valueFrom(await update({ client_name: 'New Bank' }));
    expect(told).toMatchObject(end);
    expect(told).not.toHaveProperty('client_secret');
    const shown = valueFrom(await readClient(ports, 'bank'));
    expect(shown).toMatchObject(end);
    expect(JSON.stringify(shown)).not.toMatch(new RegExp(`${sha256('s3cret')}|${sha256('secret-1')}`));
    time.now = NOW + 3600;
    const [listed] = valueFrom(await listClients(ports, { after: undefined, limit: 1 })).clients;
    expect(listed).not.toHaveProperty('old_secret_expires_at');
  });

  it('gives each secret an end, by the days of the client or of the deployment, and tells it (RFC 7591 §3.2.1)', async () => {
    const { create, update, ports, stored, time } = registryWorld(BANK);
    const days = (count: number) => time.now + count * 86_400;
    Object.assign(ports.settings, { clientSecretDays: 90 });
    expect(valueFrom(await create())).toMatchObject({ client_secret_expires_at: days(90) });
    const own = valueFrom(await create({ client_name: 'Short', client_secret_days: 30 }));
    expect(own).toMatchObject({ client_secret_days: 30, client_secret_expires_at: days(30) });
    // What was registered before the setting has no end until it gets a new secret.
    expect(valueFrom(await readClient(ports, 'bank'))).not.toHaveProperty('client_secret_expires_at');
    const rotated = valueFrom(await update({}, true, 3600));
    const both = { client_secret_expires_at: days(90), old_secret_expires_at: time.now + 3600 };
    expect(rotated).toMatchObject(both);
    expect(valueFrom(await readClient(ports, 'bank'))).toMatchObject(both);
    time.now += 86_400;
    const renamed = valueFrom(await update({ client_name: 'New Bank' }));
    expect(renamed.client_secret_expires_at).toBe(days(89));
    const shorter = valueFrom(await update({ client_secret_days: 10 }));
    expect(shorter).toMatchObject({ client_secret_days: 10, client_secret_expires_at: days(10) });
    expect(valueFrom(await update({ client_secret_days: 10 })).client_secret_expires_at).toBe(days(10));
    expect(stored.get('bank')?.credential).toMatchObject({ secretExpiresAt: days(10) });
    const keys = { token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS } as const;
    const keyed = valueFrom(await update(keys));
    expect([keyed.client_secret_days, keyed.client_secret_expires_at]).toEqual([undefined, undefined]);
  });

  it('makes no third secret while two work, ends the old one, and then makes one', async () => {
    const { update, stored } = registryWorld(BANK);
    await update({}, true, 3600);
    const two = stored.get('bank');
    expect(refusalOf(await update({}, true, 60))).toEqual({ reason: 'two_secrets_work', until: NOW + 3600 });
    expect(stored.get('bank')).toBe(two);
    expect(valueFrom(await update({}, false, 0)).old_secret_expires_at).toBe(NOW);
    expect(stored.get('bank')?.credential).not.toHaveProperty('oldSecret');
    expect(valueFrom(await update({}, true, 60)).old_secret_expires_at).toBe(NOW + 60);
  });

  it('moves it from keys to a secret: the keys go and a secret is told', async () => {
    const { update, stored } = registryWorld(KEYED);
    const view = valueFrom(await update({ token_endpoint_auth_method: 'client_secret_post' }));
    expect(view).toMatchObject({ client_secret: 'secret-1', jwks: undefined });
    expect(stored.get('bank')?.credential).toEqual({ method: 'client_secret_post', secretHash: sha256('secret-1') });
  });

  it('moves it from a secret to keys: no secret is told', async () => {
    const { update, stored } = registryWorld(BANK);
    const view = valueFrom(await update({ token_endpoint_auth_method: 'private_key_jwt', jwks: JWKS }));
    expect(view).not.toHaveProperty('client_secret');
    expect(stored.get('bank')?.credential).toMatchObject({ method: 'private_key_jwt', keys: JWKS.keys });
  });

  it('keeps keys and their algorithm where the method stays, and tells no secret', async () => {
    const { update, stored } = registryWorld(KEYED);
    expect(valueFrom(await update({ client_name: 'New Bank' }))).not.toHaveProperty('client_secret');
    expect(stored.get('bank')?.credential).toEqual(KEYED.credential);
  });

  it('but gives a client with keys no secret: there is none to renew', async () => {
    const refusal = {
      reason: 'invalid_client_metadata',
      member: 'new_secret',
      expected: 'absent: a private_key_jwt client has no secret',
    };
    const { update, journal } = registryWorld(KEYED);
    expect(refusalOf(await update({}, true))).toEqual(refusal);
    expect(journal.calls).toEqual(['find client bank']);
    expect(refusalOf(await update({}, false, 0))).toEqual({ ...refusal, member: 'old_secret_expires_in' });
    journal.calls.length = 0;
    const moving = { token_endpoint_auth_method: 'private_key_jwt' as const, jwks: JWKS };
    expect(refusalOf(await registryWorld(BANK).update(moving, true))).toEqual(refusal);
  });

  it('takes the endpoint along when it goes back to polling, and keeps it otherwise (CIBA §4)', async () => {
    const pinged: Client = { ...BANK, deliveryMode: 'ping', notificationEndpoint: 'https://bank.example/ping' };
    const { update, stored } = registryWorld(pinged);
    await update({ client_name: 'New Bank' });
    const named = { name: 'New Bank', notificationEndpoint: 'https://bank.example/ping' };
    expect(stored.get('bank')).toMatchObject(named);
    const endpoint = 'backchannel_client_notification_endpoint';
    const both = { backchannel_token_delivery_mode: 'poll', [endpoint]: 'https://bank.example/ping' } as const;
    expect(refusalOf(await update(both))).toMatchObject({ reason: 'invalid_client_metadata', member: endpoint });
    expect(stored.get('bank')).toMatchObject(named);
    expect((await update({ backchannel_token_delivery_mode: 'poll' })).ok).toBe(true);
    expect(stored.get('bank')).toMatchObject({ deliveryMode: 'poll', notificationEndpoint: undefined });
  });

  it('moves its keys to an address, and back, without a word about the former place (RFC 7591 §2)', async () => {
    const { update, stored } = registryWorld(KEYED);
    const credential = () => stored.get('bank')?.credential;
    const jwks_uri = 'https://bank.example/jwks.json';
    expect((await update({ jwks_uri })).ok).toBe(true);
    expect(credential()).toMatchObject({ keys: [], jwksUri: jwks_uri });
    expect((await update({ client_name: 'New Bank' })).ok).toBe(true);
    expect(credential()).toMatchObject({ keys: [], jwksUri: jwks_uri });
    expect((await update({ jwks: JWKS })).ok).toBe(true);
    expect(credential()).toMatchObject({ keys: JWKS.keys });
    expect(credential()).not.toHaveProperty('jwksUri');
    expect(refusalOf(await update({ jwks: JWKS, jwks_uri }))).toMatchObject({ member: 'jwks_uri' });
  });

  it('keeps the keys of a client that signs requests when it gets a secret, and drops them with the signing', async () => {
    const { update, stored } = registryWorld({ ...KEYED, requestAlgorithm: 'ES256', requiresSignedRequests: true });
    expect((await update({ token_endpoint_auth_method: 'client_secret_basic' })).ok).toBe(true);
    expect(stored.get('bank')).toMatchObject({ requestAlgorithm: 'ES256', requiresSignedRequests: true });
    expect(stored.get('bank')?.credential.keys).toHaveLength(1);
    expect((await update({ backchannel_authentication_request_signing_alg: null })).ok).toBe(true);
    const { credential, requestAlgorithm, requiresSignedRequests } = stored.get('bank') ?? BANK;
    expect([credential.keys, requestAlgorithm, requiresSignedRequests]).toEqual([undefined, undefined, undefined]);
  });

  it.each(['https://10.0.0.1/jwks.json', 'https://bank.example:8443/jwks.json'])(
    'refuses the jwks_uri %s, which is never called; nothing is written',
    async (jwks_uri) => {
      const { update, journal } = registryWorld(KEYED);
      expect(refusalOf(await update({ jwks_uri }))).toMatchObject({ member: 'jwks_uri' });
      expect(journal.calls).toEqual(['find client bank']);
    },
  );

  it.each(['https://10.0.0.1/jwks.json', 'https://bank.example:8443/jwks.json'])(
    'refuses an issuer of hint tokens with the jwks_uri %s, which is never called; nothing is written',
    async (jwks_uri) => {
      const { update, journal } = registryWorld(BANK);
      const login_hint_token_issuers = [{ issuer: 'https://hints.example/', jwks_uri }];
      expect(refusalOf(await update({ login_hint_token_issuers }))).toMatchObject({
        member: 'login_hint_token_issuers',
      });
      expect(journal.calls).toEqual(['find client bank']);
    },
  );

  it('refuses an unknown client and bad metadata; nothing is written', async () => {
    expect(refusalOf(await registryWorld().update({}))).toEqual({ reason: 'not_found', what: 'client' });
    const { update, journal } = registryWorld(BANK);
    expect(refusalOf(await update({ default_audience: 'urn:x' }))).toMatchObject({ member: 'default_audience' });
    expect(journal.calls).toEqual(['find client bank']);
  });
});

describe('a client that changes while it is changed', () => {
  it('is changed as it is now: a slow rename does not bring a replaced secret back', async () => {
    const { update, journal, stored } = registryWorld(BANK);
    const renewed = { ...BANK, credential: { method: 'client_secret_basic' as const, secretHash: 'renewed' } };
    let isFirst = true;
    journal.meanwhile('replace', () => {
      if (isFirst) stored.set('bank', renewed);
      isFirst = false;
    });
    expect((await update({ client_name: 'New Bank' })).ok).toBe(true);
    expect(stored.get('bank')).toMatchObject({ name: 'New Bank', credential: renewed.credential });
  });

  it.each([
    [4, true],
    [5, false],
  ])('%i times in a row: the fifth round is the last', async (times, succeeds) => {
    const { update, journal, stored, audited } = registryWorld(BANK);
    let changes = 0;
    journal.meanwhile('replace', () => {
      changes += 1;
      if (changes <= times) stored.set('bank', { ...BANK });
    });
    const updated = await update({ client_name: 'New Bank' });
    expect(refusalOf(updated)).toEqual(succeeds ? undefined : { reason: 'conflict', what: 'client' });
    expect(journal.calls.filter((call) => call.startsWith('replace'))).toHaveLength(5);
    expect(audited).toHaveLength(succeeds ? 1 : 0);
  });

  it('is left as it is when the change may have been made before: another operator may have set it back', async () => {
    const { update, journal, stored, isRepeated, audited } = registryWorld(BANK);
    isRepeated.now = true;
    journal.meanwhile('replace', () => stored.set('bank', { ...BANK }));
    expect(refusalOf(await update({ scope: 'openid payments' }))).toEqual({ reason: 'conflict', what: 'client' });
    expect(stored.get('bank')).toEqual(BANK);
    expect(journal.calls).toEqual(['find client bank', 'replace client bank', 'find client bank']);
    expect(audited).toEqual([]);
  });

  it('is told the secret that it was given although the answer to that write was lost', async () => {
    const { update, journal, stored, isRepeated, audited } = registryWorld(BANK);
    isRepeated.now = true;
    const oldSecret = { hash: sha256('s3cret'), expiresAt: NOW + 3600, replacedAt: NOW };
    const credential = { method: 'client_secret_basic' as const, secretHash: sha256('secret-1'), oldSecret };
    let isFirst = true;
    journal.meanwhile('replace', () => {
      if (isFirst) stored.set('bank', { ...BANK, name: 'Renamed since', credential });
      isFirst = false;
    });
    const view = valueFrom(await update({}, true, 3600));
    const end = { old_secret_expires_at: NOW + 3600 };
    expect(view).toMatchObject({ client_secret: 'secret-1', client_name: 'Renamed since', ...end });
    expect(stored.get('bank')?.credential).toEqual(credential);
    const changed = [{ member: 'client_secret' }, { member: 'old_secret_expires_at' }];
    expect(audited).toEqual([{ event: 'client_updated', changed, ...AUDITED }]);
  });

  it('and is another client by now is left alone', async () => {
    const { update, journal, stored } = registryWorld(BANK);
    const successor = { ...BANK, registrationId: 'registration-2' };
    journal.meanwhile('replace', () => void stored.set('bank', successor));
    expect(refusalOf(await update({ client_name: 'New Bank' }))).toEqual({ reason: 'not_found', what: 'client' });
    expect(stored.get('bank')).toBe(successor);
  });

  it('and is removed is not made again', async () => {
    const { update, journal, stored } = registryWorld(BANK);
    journal.meanwhile('replace', () => stored.clear());
    expect(refusalOf(await update({ client_name: 'New Bank' }))).toEqual({ reason: 'not_found', what: 'client' });
    expect(stored.size).toBe(0);
  });
});

describe('an operator removes a client', () => {
  it('and it is audited; what was not there is not', async () => {
    const { ports, journal, audited } = registryWorld(BANK);
    expect(await removeClient(ports, 'bank', 'operator')).toEqual({ ok: true, value: true });
    expect(refusalOf(await removeClient(ports, 'bank', 'operator'))).toEqual({ reason: 'not_found', what: 'client' });
    expect(journal.calls).toEqual(['remove client bank', 'audit client_removed', 'remove client bank']);
    expect(audited).toEqual([{ event: 'client_removed', ...AUDITED }]);
  });
});

it.each(['create', 'find', 'replace', 'remove', 'list'])('an outage at "%s" audits nothing', async (call) => {
  const { ports, create, update, journal, audited, stored } = registryWorld(BANK);
  journal.breakAt(call);
  const runs = {
    create: () => create(),
    find: () => readClient(ports, 'bank'),
    replace: () => update({ client_name: 'New Bank' }),
    remove: () => removeClient(ports, 'bank', 'operator'),
    list: () => listClients(ports, { after: undefined, limit: 1 }),
  };
  const run = Object.entries(runs).find(([name]) => name === call)?.[1];
  await expect(run?.()).rejects.toThrow(Outage);
  expect(audited).toEqual([]);
  expect([...stored.values()]).toEqual([BANK]);
});
