import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ClientNames } from '../../provider/adapters/dynamodb/client-names-table.ts';
import { ClientRegistryTable } from '../../provider/adapters/dynamodb/client-registry-table.ts';
import { ClientsTable } from '../../provider/adapters/dynamodb/clients-table.ts';
import { DecidableRequestsTable } from '../../provider/adapters/dynamodb/decidable-requests-table.ts';
import { clientItem } from '../../provider/adapters/dynamodb/forms/client-form.ts';
import { deviceItem } from '../../provider/adapters/dynamodb/forms/device-form.ts';
import { revokedTokenFrom, revokedTokenKey } from '../../provider/adapters/dynamodb/forms/revoked-token-form.ts';
import { profileItem } from '../../provider/adapters/dynamodb/forms/user-form.ts';
import type { Key } from '../../provider/adapters/dynamodb/items.ts';
import { NotificationsTable } from '../../provider/adapters/dynamodb/notifications-table.ts';
import { PeopleRegistryTable } from '../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../provider/adapters/dynamodb/rate-windows-table.ts';
import { RedeemableRequestsTable } from '../../provider/adapters/dynamodb/redeemable-requests-table.ts';
import { ReplaysTable } from '../../provider/adapters/dynamodb/replays-table.ts';
import { RequestsTable } from '../../provider/adapters/dynamodb/requests-table.ts';
import { RevokedTokensTable } from '../../provider/adapters/dynamodb/revoked-tokens-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { nameSkeleton } from '../../provider/adapters/unicode/name-skeleton.ts';
import { registerClient } from '../../provider/core/client/registration.ts';
import type { RequestFacts } from '../../provider/core/deciding/authentication-request.ts';
import { freezeDetails } from '../../provider/core/deciding/shown-details.ts';
import type { Device } from '../../provider/core/device/device.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';
import { registerUser } from '../../provider/core/person/profile.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const CLIENT = 'client-1';
const OWN = { clientId: CLIENT, registrationId: 'registration-1' };

// Both engines must behave alike wherever the functions rely on it; each test uses keys of its own.
describeOnEngines('the tables', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let transactions: Table;
  let requests: RequestsTable;
  let decidable: DecidableRequestsTable;
  let redeemable: RedeemableRequestsTable;
  let notifications: NotificationsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
    requests = new RequestsTable(transactions, entropy);
    decidable = new DecidableRequestsTable({ directory, transactions }, entropy);
    redeemable = new RedeemableRequestsTable(transactions, entropy);
    notifications = new NotificationsTable(transactions);
  });
  afterAll(() => engine?.close());

  async function create(
    over: Partial<RequestFacts> = {},
    notification?: { token: string; authReqId: string },
  ): Promise<RequestFacts> {
    const requestId = entropy.secret();
    const facts = {
      requestId,
      ...OWN,
      sub: entropy.id(),
      profileId: 'profile-1',
      issuedAt: NOW,
      expiresAt: NOW + 120,
      intervalSeconds: 5,
      nextPollAt: 0,
      ...over,
    };
    const shown = {
      issuer: 'https://op.example/',
      clientId: CLIENT,
      clientName: 'C',
      sub: facts.sub,
      requestId,
      expiresAt: facts.expiresAt,
      bindingMessage: undefined,
      scopes: [],
      audience: ['urn:x'],
      acrValues: undefined,
    };
    const asked = { clientId: CLIENT, scopes: ['openid'], audience: ['urn:x'] };
    await requests.create({ request: facts, asked, details: freezeDetails(shown), notification });
    return facts;
  }
  const approve = (facts: RequestFacts, now = NOW) =>
    decidable.recordDecision({
      requestId: facts.requestId,
      owner: facts,
      now,
      decision: {
        decision: 'approve',
        grant: {
          sub: facts.sub,
          profileId: facts.profileId,
          ...OWN,
          deviceId: 'd1',
          scopes: ['openid'],
          audience: ['urn:x'],
          blockCount: 2,
          authTime: now,
          amr: ['user'],
          claims: { name: 'Ana' },
        },
      },
    });

  describe('a notification', () => {
    const address = { token: 'token', authReqId: 'auth-req-id' };
    const lease = (requestId: string, holder: string, now = NOW) =>
      notifications.claim({ requestId, now, until: now + 20, holder });
    const itemOf = (requestId: string) => transactions.get({ pk: `NOTIFICATION#${requestId}`, sk: 'NOTIFICATION' });

    it('is leased by one of 50, who is given token and auth_req_id; the others are told until when', async () => {
      const { requestId } = await create({}, address);
      const claims = await Promise.all(Array.from({ length: 50 }, (_, index) => lease(requestId, `holder-${index}`)));
      expect(claims.filter(({ outcome }) => outcome === 'claimed')).toEqual([
        { outcome: 'claimed', address, tries: 1 },
      ]);
      const others = claims.filter(({ outcome }) => outcome !== 'claimed');
      expect(others).toHaveLength(49);
      for (const other of others) expect(other).toEqual({ outcome: 'claimed_by_another', until: NOW + 20 });
    });

    it('is leased again by its own holder whose answer was lost, and by nobody else before the lease ends', async () => {
      const { requestId } = await create({}, address);
      expect(await lease(requestId, 'a')).toEqual({ outcome: 'claimed', address, tries: 1 });
      expect(await lease(requestId, 'a')).toEqual({ outcome: 'claimed', address, tries: 1 });
      expect(await lease(requestId, 'b', NOW + 19)).toEqual({ outcome: 'claimed_by_another', until: NOW + 20 });
      expect(await lease(requestId, 'b', NOW + 20)).toEqual({ outcome: 'claimed', address, tries: 2 });
    });

    it('is over once the client was notified: token and auth_req_id are forgotten', async () => {
      const { requestId } = await create({}, address);
      await lease(requestId, 'a');
      await notifications.recordNotified({ requestId, holder: 'a', now: NOW + 1 });
      expect(await lease(requestId, 'b', NOW + 100)).toEqual({ outcome: 'over' });
      expect(await itemOf(requestId)).toEqual({
        pk: `NOTIFICATION#${requestId}`,
        sk: 'NOTIFICATION',
        leased_by: 'a',
        leased_until: NOW + 20,
        notified_at: NOW + 1,
        tries: 1,
        ttl: NOW + 420,
      });
    });

    it('stays over when a first try of storing it arrives late', async () => {
      const facts = await create({}, address);
      await lease(facts.requestId, 'a');
      await notifications.recordNotified({ requestId: facts.requestId, holder: 'a', now: NOW + 1 });
      await expect(create(facts, address)).rejects.toThrow('already exists');
      expect(await lease(facts.requestId, 'b', NOW + 100)).toEqual({ outcome: 'over' });
    });

    it('is over when nobody is to be notified any more, whoever has it', async () => {
      const { requestId } = await create({}, address);
      await lease(requestId, 'a');
      await notifications.forget(requestId);
      expect(await lease(requestId, 'b', NOW + 20)).toEqual({ outcome: 'over' });
      await notifications.forget(requestId);
      await notifications.forget('nobody knows');
      expect(await itemOf('nobody knows')).toBeUndefined();
    });

    it('is free at once when its holder gives it back, and only then', async () => {
      const { requestId } = await create({}, address);
      await lease(requestId, 'a');
      await notifications.release({ requestId, holder: 'b' });
      expect((await lease(requestId, 'c')).outcome).toBe('claimed_by_another');
      await notifications.release({ requestId, holder: 'a' });
      expect((await lease(requestId, 'c')).outcome).toBe('claimed');
    });

    it('is not ended by a holder whose lease another has by now', async () => {
      const { requestId } = await create({}, address);
      await lease(requestId, 'a');
      await lease(requestId, 'b', NOW + 20);
      await notifications.recordNotified({ requestId, holder: 'a', now: NOW + 21 });
      expect(await itemOf(requestId)).toMatchObject({ token: 'token', leased_by: 'b' });
    });

    it('is none for a client that polls, and none of a request that nobody knows', async () => {
      const { requestId } = await create();
      expect(await itemOf(requestId)).toBeUndefined();
      expect(await lease(requestId, 'a')).toEqual({ outcome: 'not_stored' });
      expect(await itemOf(requestId)).toBeUndefined();
      expect(await notifications.findRequest(entropy.secret())).toBeUndefined();
    });
  });

  describe('a conditional write', () => {
    it('tells the item as it stands when its guard does not hold, in the same round trip', async () => {
      const key = { pk: `X#${entropy.id()}`, sk: 'X' };
      await transactions.put({ ...key, colour: 'red', bytes: new Uint8Array([1, 2]) });
      const before = engine.aws.calls.length;
      const guarded = await transactions.update({
        key,
        set: { colour: 'blue' },
        guard: { condition: '#colour = :green', values: { green: 'green' } },
      });
      expect(guarded).toEqual({ written: false, item: { ...key, colour: 'red', bytes: new Uint8Array([1, 2]) } });
      expect(engine.aws.calls.length - before).toBe(1);
    });

    it('tells that there is no item when there is none', async () => {
      const key = { pk: `X#${entropy.id()}`, sk: 'X' };
      const guarded = await transactions.update({
        key,
        set: { colour: 'blue' },
        guard: { condition: 'attribute_exists(pk)' },
      });
      expect(guarded).toEqual({ written: false, item: undefined });
      expect(await transactions.delete(key, { guard: { condition: 'attribute_exists(pk)' } })).toEqual({
        written: false,
        item: undefined,
      });
    });

    it('repeated with its own nonce is a success and is not done twice', async () => {
      const key: Key = { pk: `X#${entropy.id()}`, sk: 'X' };
      const nonce = { attribute: 'by', value: 'mine' };
      const count = () => transactions.update({ key, add: { count: 1 }, nonce });
      expect((await count()).written).toBe(true);
      expect(await count()).toEqual({ written: true, item: { ...key, count: 1, by: 'mine' } });
      expect(
        (await transactions.update({ key, add: { count: 1 }, nonce: { attribute: 'by', value: 'other' } })).item?.[
          'count'
        ],
      ).toBe(2);
    });

    it('of 50 at once lets one win, and tells the 49 others the winner', async () => {
      const key = { pk: `X#${entropy.id()}`, sk: 'X' };
      const guard = { condition: 'attribute_not_exists(#winner)' };
      const race = await Promise.all(
        Array.from({ length: 50 }, (_, winner) => transactions.update({ key, set: { winner }, guard })),
      );
      const winners = race.filter(({ written }) => written);
      expect(winners).toHaveLength(1);
      expect(new Set(race.map(({ item }) => item?.['winner'])).size).toBe(1);
    });
  });

  describe('authentication requests', () => {
    it('recordPoll: in time once per interval, and tells the request otherwise (CIBA §10.1)', async () => {
      const facts = await create();
      const poll = (now: number, different = {}) =>
        redeemable.recordPoll({ requestId: facts.requestId, ...OWN, ...different, now });
      expect(await poll(NOW)).toEqual({ recorded: true });
      expect(await poll(NOW + 4)).toMatchObject({ recorded: false, stored: { state: 'pending', nextPollAt: NOW + 5 } });
      expect(await poll(NOW + 5)).toEqual({ recorded: true });
      for (const different of [{ clientId: 'other' }, { registrationId: 'another' }])
        expect(await poll(NOW + 20, different)).toMatchObject({ recorded: false, stored: OWN });
      expect(await poll(NOW + 120)).toMatchObject({ recorded: false, stored: { state: 'pending' } });
      expect(await redeemable.recordPoll({ requestId: entropy.secret(), ...OWN, now: NOW })).toEqual({
        recorded: false,
        stored: undefined,
      });
    });

    it('recordEarlyPoll: the interval grows by 5 for good, and the next poll is that far away (CIBA §11)', async () => {
      const facts = await create();
      expect(await redeemable.recordEarlyPoll({ request: facts, now: NOW })).toEqual({
        recorded: true,
        intervalSeconds: 10,
      });
      const { stored } = (await redeemable.recordPoll({
        requestId: facts.requestId,
        ...OWN,
        now: NOW + 9,
      })) as { stored: RequestFacts };
      expect(stored).toMatchObject({ intervalSeconds: 10, nextPollAt: NOW + 10 });
      expect(await redeemable.recordPoll({ requestId: facts.requestId, ...OWN, now: NOW + 10 })).toEqual({
        recorded: true,
      });
    });

    it('recordDecision: once, on the own pending unexpired request', async () => {
      const facts = await create();
      expect(
        await decidable.recordDecision({
          requestId: facts.requestId,
          owner: { ...facts, sub: 'other' },
          now: NOW,
          decision: { decision: 'deny', deviceId: 'd2' },
        }),
      ).toMatchObject({ recorded: false });
      expect(
        await decidable.recordDecision({
          requestId: facts.requestId,
          owner: { ...facts, profileId: 'profile-2' },
          now: NOW,
          decision: { decision: 'deny', deviceId: 'd2' },
        }),
      ).toMatchObject({ recorded: false, stored: { state: 'pending' } });
      expect(await approve(facts, NOW + 120)).toMatchObject({ recorded: false, stored: { state: 'pending' } });
      expect(await approve(facts)).toEqual({ recorded: true });
      expect(await approve(facts)).toMatchObject({
        recorded: false,
        stored: {
          state: 'approved',
          grant: {
            blockCount: 2,
            deviceId: 'd1',
            authTime: NOW,
            amr: ['user'],
            claims: { name: 'Ana' },
            scopes: ['openid'],
          },
        },
      });
    });

    it('claimApproved: one of 50 wins, until a minute after expiry (CIBA §10.1.1)', async () => {
      const facts = await create();
      expect((await redeemable.claimApproved({ request: facts, now: NOW })).recorded).toBe(false);
      await approve(facts);
      expect((await redeemable.claimApproved({ request: facts, now: NOW + 180 })).recorded).toBe(false);
      expect((await redeemable.claimApproved({ request: { ...facts, clientId: 'other' }, now: NOW })).recorded).toBe(
        false,
      );
      const claims = await Promise.all(
        Array.from({ length: 50 }, () => redeemable.claimApproved({ request: facts, now: NOW + 179 })),
      );
      expect(claims.filter(({ recorded }) => recorded)).toHaveLength(1);
    });

    it('recordTakenBack: an approval once, for good, and its grant goes', async () => {
      const facts = await create();
      const end = () => redeemable.recordTakenBack({ request: facts, because: 'user_blocked' });
      expect(await end()).toBe(false);
      await approve(facts);
      const foreign = { ...facts, clientId: 'other' };
      expect(await redeemable.recordTakenBack({ request: foreign, because: 'user_blocked' })).toBe(false);
      expect(await end()).toBe(true);
      expect(await end()).toBe(false);
      expect((await redeemable.claimApproved({ request: facts, now: NOW })).recorded).toBe(false);
      const poll = await redeemable.recordPoll({ requestId: facts.requestId, ...OWN, now: NOW });
      const takenBack = { because: 'user_blocked', deviceId: 'd1' };
      expect(poll).toMatchObject({ recorded: false, stored: { state: 'failed', takenBack } });
      const key: Key = { pk: `REQUEST#${facts.requestId}`, sk: 'REQUEST' };
      expect(await transactions.get(key)).not.toHaveProperty('grant');
    });

    it('recordUnreached: nobody can approve any more', async () => {
      const facts = await create();
      await requests.recordUnreached(facts.requestId);
      expect(await approve(facts)).toMatchObject({ recorded: false, stored: { state: 'failed' } });
    });

    it('create: the details are swept an hour after the request is over, because each list reads them, the request a day after', async () => {
      const { requestId, sub, expiresAt } = await create();
      const details: Key = { pk: `USER#${sub}`, sk: `REQUEST#${requestId}` };
      expect(await transactions.get(details)).toMatchObject({ ttl: expiresAt + 3600 });
      const request: Key = { pk: `REQUEST#${requestId}`, sk: 'REQUEST' };
      expect(await transactions.get(request)).toMatchObject({ ttl: expiresAt + 86_400 });
    });

    it('listPending and findDetails: the user’s own, as frozen', async () => {
      const facts = await create();
      const later = await create({ sub: facts.sub, issuedAt: NOW + 1 });
      expect(await decidable.listPending(facts, NOW)).toEqual(
        [later, facts].map(({ requestId, issuedAt, expiresAt }) => ({
          requestId,
          issuedAt,
          expiresAt,
          timesRung: 1,
          ...OWN,
        })),
      );
      await approve(facts);
      expect(await decidable.listPending(facts, NOW)).toHaveLength(1);
      expect(await decidable.listPending(facts, NOW + 120)).toEqual([]);
      const details = await decidable.findDetails(facts, facts.requestId);
      expect(JSON.parse(Buffer.from(details?.bytes ?? []).toString())).toMatchObject({
        request_id: facts.requestId,
        sub: facts.sub,
      });
      expect(await decidable.findDetails({ ...facts, sub: 'other' }, facts.requestId)).toBeUndefined();
      const successor = { ...facts, profileId: 'profile-2' };
      expect(await decidable.findDetails(successor, facts.requestId)).toBeUndefined();
      expect(await decidable.listPending(successor, NOW)).toEqual([]);
    });

    it('readForDecision: details, the request as it is now, user and device, by one call', async () => {
      const facts = await create();
      const { sub, requestId, profileId } = facts;
      const registered = registerUser({}, { sub, profileId });
      if (!registered.ok) throw new Error('the profile is refused');
      await directory.put(profileItem({ ...registered.value, deviceIds: ['phone'] }, 1));
      const device: Device = {
        deviceId: 'phone',
        sub,
        name: 'Pixel',
        reach: { kind: 'none' },
        proof: { kind: 'device-jws', publicKey: { kty: 'EC', crv: 'P-256', x: 'x', y: 'y' } },
        enrolledAt: NOW,
      };
      await directory.put(deviceItem(device));
      const details = await decidable.findDetails(facts, requestId);
      const read = (different = {}) => decidable.readForDecision({ sub, deviceId: 'phone', requestId, ...different });
      expect(await read()).toEqual({
        user: expect.objectContaining({ sub, profileId, deviceIds: ['phone'] }),
        device,
        request: { ...details, stored: { ...facts, state: 'pending' } },
        requestProfileId: profileId,
      });
      await approve(facts);
      expect(await read()).toMatchObject({ request: { stored: { state: 'approved' } } });
      expect(await read({ deviceId: 'tablet' })).toMatchObject({ device: undefined, user: { sub } });
      const nothing = { user: undefined, device: undefined, request: undefined, requestProfileId: undefined };
      expect(await read({ sub: 'other' })).toEqual(nothing);
      expect(await read({ requestId: 'x'.repeat(43) })).toMatchObject({ request: undefined, device });
    });
  });

  it('jti: once until it expires, also when TTL has not swept it', async () => {
    let now = NOW;
    const replays = new ReplaysTable(transactions, entropy, () => now);
    const jti = { issuer: 'c', id: entropy.id(), expiresAt: NOW + 60 };
    expect(await replays.recordFirstUse(jti)).toBe(true);
    expect(await replays.recordFirstUse(jti)).toBe(false);
    expect(await replays.recordFirstUse({ ...jti, issuer: 'd' })).toBe(true);
    now = NOW + 61;
    expect(await replays.recordFirstUse({ ...jti, expiresAt: NOW + 120 })).toBe(true);
  });

  it('revoked tokens: once each, and kept until no API accepts the token any more', async () => {
    const revoked = new RevokedTokensTable(transactions, entropy);
    const token = { jti: entropy.id(), clientId: CLIENT, sub: 'user-1', expiresAt: NOW + 900 };
    const together = await Promise.all([NOW, NOW + 1].map((now) => revoked.recordRevocation(token, now)));
    expect(together.toSorted()).toEqual([false, true]);
    expect(await revoked.recordRevocation({ ...token, jti: entropy.id() }, NOW)).toBe(true);
    const item = await transactions.get(revokedTokenKey(token.jti));
    expect(item).toMatchObject({ jti: token.jti, client_id: CLIENT, sub: 'user-1', ttl: NOW + 960 });
    expect(item && revokedTokenFrom(item)).toEqual(token);
  });

  it('revoked tokens: one whose answer was lost is revoked by this call', async () => {
    let isLost = false;
    engine.aws.interference = () => {
      if (isLost) return undefined;
      isLost = true;
      return 'lose-answer';
    };
    const revoked = new RevokedTokensTable(transactions, entropy);
    const token = { jti: entropy.id(), clientId: CLIENT, sub: 'user-1', expiresAt: NOW + 900 };
    expect(await revoked.recordRevocation(token, NOW)).toBe(true);
    engine.aws.interference = undefined;
    expect(isLost).toBe(true);
    expect(await revoked.recordRevocation(token, NOW)).toBe(false);
  });

  it('rate windows: a minute and an hour in one write, nothing written at the limit', async () => {
    const rates = new RateWindowsTable(transactions, entropy);
    const limits = { perMinute: 2, perHour: 3, longPerDay: 1 };
    const hour = NOW - (NOW % 3600);
    const count = (now: number) => rates.countForUser({ sub: `user-${name}`, isLong: false }, limits, now);
    expect([await count(hour), await count(hour + 1)]).toEqual([{ allowed: true }, { allowed: true }]);
    expect(await count(hour + 2)).toEqual({ allowed: false, retryAfterSeconds: 58 });
    expect(await count(hour + 60)).toEqual({ allowed: true });
    expect(await count(hour + 61)).toEqual({ allowed: false, retryAfterSeconds: 3600 - 61 });
    expect(await count(hour + 3600)).toEqual({ allowed: true });
  });

  it('users: identifiers first, one owner each; an unfinished one belongs to nobody after a minute', async () => {
    let now = NOW;
    const people = new PeopleAndDevicesTable(directory, entropy);
    const registry = new PeopleRegistryTable(directory, entropy, () => now);
    const user = (sub: string, profile: Record<string, string>) => {
      const registered = registerUser(profile, { sub, profileId: `profile of ${sub}` });
      if (!registered.ok) throw new Error(registered.refusal.reason);
      return registered.value;
    };
    const ana = user('ana', { email: 'ana@example.com', phone_number: '+4915112345678' });
    expect(await registry.create(ana)).toEqual({ outcome: 'written' });
    expect(await registry.create(user('bo', { preferred_username: 'bo', email: 'ana@example.com' }))).toEqual({
      outcome: 'taken',
      taken: 'email',
    });
    expect(await people.resolve({ type: 'username', value: 'bo' })).toBeUndefined();
    await directory.put({ pk: 'LOGIN#username#ghost', sk: 'LOGIN', sub: 'nobody', put_at: NOW, put_by: 'n' });
    const heir = user('heir', { preferred_username: 'ghost' });
    expect(await registry.create(heir)).toEqual({ outcome: 'taken', taken: 'username' });
    now = NOW + 61;
    expect(await registry.create(heir)).toEqual({ outcome: 'written' });
    const phone: Device = {
      deviceId: 'd',
      sub: 'ana',
      name: 'P',
      reach: { kind: 'sns', platform: 'GCM', endpointArn: 'arn:x', push: 'reachable' },
      proof: { kind: 'device-jws', publicKey: { kty: 'EC' } },
      enrolledAt: NOW,
    };
    await people.save(phone);
    expect(await people.listOf('ana')).toEqual([phone]);
    await people.markUnreachable({ sub: 'ana', deviceId: 'd', endpointArn: 'arn:old' });
    expect(await people.listOf('ana')).toEqual([phone]);
    await people.markUnreachable({ sub: 'ana', deviceId: 'd', endpointArn: 'arn:x' });
    expect(await people.listOf('ana')).toMatchObject([{ reach: { push: 'unreachable' } }]);
    expect(await people.update({ sub: 'ana', deviceId: 'gone', name: 'x' })).toBe('gone');
    const found = await people.find('ana');
    expect(found).toMatchObject({ profileId: 'profile of ana' });
    // A removal that comes late, after another person got the sub, removes nothing of theirs.
    await registry.remove({ ...ana, profileId: 'the former one' });
    await registry.removeLeftovers('ana');
    expect([await people.find('ana'), await people.listOf('ana')]).toMatchObject([{ sub: 'ana' }, [{ sub: 'ana' }]]);
    expect(await people.resolve({ type: 'email', value: 'ana@example.com' })).toBe('ana');
    if (found) await registry.remove(found);
    expect([await people.find('ana'), await people.listOf('ana')]).toMatchObject([undefined, [{ sub: 'ana' }]]);
    await registry.removeLeftovers('ana');
    expect(await people.listOf('ana')).toEqual([]);
    expect(await people.resolve({ type: 'email', value: 'ana@example.com' })).toBeUndefined();
  });

  describe('a login identifier that two calls write', () => {
    const email = { type: 'email', value: '' } as const;
    const setUp = () => {
      const sub = entropy.id();
      const people = new PeopleAndDevicesTable(directory, entropy);
      const registry = new PeopleRegistryTable(directory, entropy, () => NOW);
      const address = `${sub.replace(/[^a-z0-9]/gi, '')}@example.com`.toLowerCase();
      const person = (profile: Record<string, string> = { email: address }) => {
        const registered = registerUser(profile, { sub, profileId: entropy.id() });
        if (!registered.ok) throw new Error(registered.refusal.reason);
        return registered.value;
      };
      const found = async () => {
        const user = await people.find(sub);
        if (!user) throw new Error('no such user');
        return user;
      };
      const owner = () => people.resolve({ ...email, value: address });
      return { sub, registry, person, found, owner };
    };
    /** Holds the calls that match until released. */
    const holdCalls = (wanted: string, text: string) => {
      const [arrived, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
      engine.aws.interference = async ({ action, body }) => {
        if (action !== wanted || !body.toString().includes(text)) return undefined;
        arrived.resolve();
        await go.promise;
        return undefined;
      };
      const release = () => {
        engine.aws.interference = undefined;
        go.resolve();
      };
      return { held: arrived.promise, release };
    };

    it('a slow removal does not delete that of the next person with the sub', async () => {
      const { sub, registry, person, found, owner } = setUp();
      await registry.create(person());
      const deletion = holdCalls('DeleteItem', 'LOGIN#');
      const removing = registry.remove(await found());
      await deletion.held;
      expect(await registry.create(person())).toEqual({ outcome: 'written' });
      deletion.release();
      await removing;
      expect(await owner()).toBe(sub);
    });

    it('a slow change that gave it up does not delete it when a later change takes it again', async () => {
      const { sub, registry, person, found, owner } = setUp();
      await registry.create(person());
      const first = await found();
      const without = { ...first, claims: {}, identifiers: [] };
      const deletion = holdCalls('DeleteItem', 'LOGIN#');
      const changing = registry.replace(without, first);
      await deletion.held;
      expect(await registry.replace(first, await found())).toEqual({ outcome: 'written' });
      deletion.release();
      expect(await changing).toEqual({ outcome: 'written' });
      expect(await owner()).toBe(sub);
    });

    it('a change that fails does not delete it when another change of the same profile has claimed it', async () => {
      const { sub, registry, person, found, owner } = setUp();
      const other = person({ phone_number: `+49${Math.floor(1e9 + Math.random() * 1e9)}` });
      await registry.create({ ...other, sub: entropy.id() });
      await registry.create(person({}));
      const before = await found();
      const email = person().identifiers;
      const phone = holdCalls('PutItem', 'LOGIN#phone');
      const failing = registry.replace({ ...before, identifiers: [...email, ...other.identifiers] }, before);
      await phone.held;
      expect(await registry.replace({ ...before, identifiers: email }, before)).toEqual({ outcome: 'written' });
      phone.release();
      expect(await failing).toEqual({ outcome: 'taken', taken: 'phone' });
      expect(await owner()).toBe(sub);
    });

    it('a change that fails does not delete it when it took it over from another change of the same profile', async () => {
      const { sub, registry, person, found, owner } = setUp();
      const other = person({ phone_number: `+49${Math.floor(1e9 + Math.random() * 1e9)}` });
      await registry.create({ ...other, sub: entropy.id() });
      await registry.create(person({}));
      const before = await found();
      const email = person().identifiers;
      const profile = holdCalls('PutItem', 'PROFILE');
      const changing = registry.replace({ ...before, identifiers: email }, before);
      await profile.held;
      const failing = registry.replace({ ...before, identifiers: [...email, ...other.identifiers] }, before);
      expect(await failing).toEqual({ outcome: 'taken', taken: 'phone' });
      profile.release();
      expect(await changing).toEqual({ outcome: 'written' });
      expect(await owner()).toBe(sub);
    });

    it('a change whose answer was lost does not delete it when another wrote before the SDK repeated the change', async () => {
      const { sub, registry, person, found, owner } = setUp();
      await registry.create(person({}));
      const before = await found();
      const repetition = holdCalls('PutItem', 'PROFILE');
      const hold = engine.aws.interference;
      engine.aws.interference = async (call) => {
        if (!call.body.toString().includes('PROFILE')) return undefined;
        engine.aws.interference = hold;
        return 'lose-answer';
      };
      const changing = registry.replace({ ...before, identifiers: person().identifiers }, before);
      await repetition.held;
      engine.aws.interference = undefined;
      const now = await found();
      expect(await registry.replace({ ...now, status: 'blocked' }, now)).toEqual({ outcome: 'written' });
      repetition.release();
      expect(await changing).toEqual({ outcome: 'unclear' });
      expect(await owner()).toBe(sub);
    });

    it('a creation whose answer was lost is made, also when another wrote before the SDK repeated it', async () => {
      const { registry, person, found, owner, sub } = setUp();
      const repetition = holdCalls('PutItem', 'PROFILE');
      const hold = engine.aws.interference;
      engine.aws.interference = async (call) => {
        if (!call.body.toString().includes('PROFILE')) return undefined;
        engine.aws.interference = hold;
        return 'lose-answer';
      };
      const creating = registry.create(person());
      await repetition.held;
      engine.aws.interference = undefined;
      const now = await found();
      expect(await registry.replace({ ...now, status: 'blocked' }, now)).toEqual({ outcome: 'written' });
      repetition.release();
      expect(await creating).toEqual({ outcome: 'written' });
      expect(await owner()).toBe(sub);
    });

    it('a creation that fails does not delete it when another creation of the same sub needs it', async () => {
      const { sub, registry, person, owner } = setUp();
      const other = person({ phone_number: `+49${Math.floor(1e9 + Math.random() * 1e9)}` });
      await registry.create({ ...other, sub: entropy.id() });
      const profile = holdCalls('PutItem', 'PROFILE');
      const creating = registry.create(person());
      await profile.held;
      const both = [...person().identifiers, ...other.identifiers];
      expect(await registry.create({ ...person(), identifiers: both })).toEqual({ outcome: 'taken', taken: 'phone' });
      profile.release();
      expect(await creating).toEqual({ outcome: 'written' });
      expect(await owner()).toBe(sub);
    });

    it('a change that fails deletes it when only this change has claimed it', async () => {
      const { registry, person, found, owner } = setUp();
      const other = person({ phone_number: `+49${Math.floor(1e9 + Math.random() * 1e9)}` });
      await registry.create({ ...other, sub: entropy.id() });
      await registry.create(person({}));
      const before = await found();
      const both = [...person().identifiers, ...other.identifiers];
      expect(await registry.replace({ ...before, identifiers: both }, before)).toEqual({
        outcome: 'taken',
        taken: 'phone',
      });
      expect(await owner()).toBeUndefined();
      const now = { ...before, revision: 9 };
      expect(await registry.replace({ ...now, identifiers: person().identifiers }, now)).toEqual({
        outcome: 'changed',
      });
      expect(await owner()).toBeUndefined();
    });

    it('a creation under a sub that another has takes nothing from them', async () => {
      const { sub, registry, person, found, owner } = setUp();
      await registry.create(person());
      expect(await registry.create(person())).toEqual({ outcome: 'taken', taken: 'sub' });
      expect(await owner()).toBe(sub);
      await registry.remove(await found());
      expect(await owner()).toBeUndefined();
    });

    it('of two creations and two changes at once one is written, and can be found', async () => {
      const { sub, registry, person, found, owner } = setUp();
      const created = await Promise.all([registry.create(person()), registry.create(person())]);
      expect(created.filter(({ outcome }) => outcome === 'written')).toHaveLength(1);
      const before = await found();
      const phone = person({ phone_number: '+4915112345678' });
      await registry.replace({ ...before, claims: phone.claims, identifiers: phone.identifiers }, before);
      const later = await found();
      const changes = [registry.replace(before, later), registry.replace(before, later)];
      const outcomes = (await Promise.all(changes)).map(({ outcome }) => outcome).sort();
      expect(outcomes).toEqual(['changed', 'written']);
      expect(await owner()).toBe(sub);
    });
  });

  it('a person and their devices are asked for at once and read once; whoever asks later reads anew', async () => {
    const people = new PeopleAndDevicesTable(directory, entropy);
    const sub = entropy.id();
    const before = engine.aws.calls.length;
    const [user, devices] = await Promise.all([people.find(sub), people.listOf(sub)]);
    expect([user, devices, engine.aws.calls.length - before]).toEqual([undefined, [], 1]);
    const early = people.find(sub);
    // By now the first read has begun: it may not have seen what is written from here on.
    await Promise.resolve().then(() => undefined);
    const late = people.find(sub);
    await Promise.all([early, late]);
    expect(engine.aws.calls.length - before).toBe(3);
  });

  it('clients as functions know them: read once a minute, again after a failure, and the one not used for longest goes', async () => {
    const now = { seconds: NOW };
    const clients = new ClientsTable(directory, () => now.seconds);
    const reads = async (work: () => Promise<unknown>) => {
      const before = engine.aws.calls.length;
      await work();
      return engine.aws.calls.length - before;
    };
    const find = (clientId: string) => () => clients.find(clientId);
    expect(await clients.find('first')).toEqual({ client: undefined, isCopy: false });
    expect(await clients.find('first')).toEqual({ client: undefined, isCopy: true });
    now.seconds += 59;
    expect(await reads(find('first'))).toBe(0);
    now.seconds += 1;
    expect(await reads(find('first'))).toBe(1);
    expect(await reads(() => clients.findAgain('first', { client: undefined, isCopy: false }))).toBe(0);
    expect(await reads(() => clients.findAgain('first', { client: undefined, isCopy: true }))).toBe(1);
    expect(await reads(() => clients.findAnew('first'))).toBe(1);
    for (let index = 0; index < 998; index += 1) await clients.find(`filler-${index}`);
    await clients.find('second');
    expect(await reads(find('first'))).toBe(0);
    await clients.find('third');
    expect(await reads(find('first'))).toBe(0);
    expect(await reads(find('filler-0'))).toBe(1);
  });

  it('clients: created once, replaced, listed in the order of their ids with that of the synthetic login, removed', async () => {
    const names = new ClientNames(directory, { entropy, clock: () => NOW, skeletonOf: nameSkeleton });
    const registry = new ClientRegistryTable(directory, entropy, names);
    const client = (clientId: string, client_name = `Client ${clientId}`) => {
      const registered = registerClient(
        { client_name, token_endpoint_auth_method: 'client_secret_basic' },
        { clientId, registrationId: `registration of ${clientId}`, secretHash: 'h' },
      );
      if (!registered.ok) throw new Error(registered.refusal.reason);
      return registered.value;
    };
    expect(await registry.create(client('b'))).toBe('written');
    expect(await registry.create({ ...client('b', 'Another'), registrationId: 'another' })).toBe('id_taken');
    expect(await registry.create(client('a'))).toBe('written');
    const first = { ...client('a'), revision: 1 };
    const second = { ...client('a', 'New'), revision: 2 };
    expect(await registry.find('a')).toEqual(first);
    expect(await registry.replace(client('a', 'New'), first)).toBe('written');
    expect(await registry.find('a')).toEqual(second);
    expect(await registry.replace(client('a', 'Other'), first)).toBe('changed');
    expect(await registry.replace(client('zzz'), client('zzz'))).toBe('changed');
    const former = { ...second, registrationId: 'another registration with the same members' };
    expect(await registry.replace(former, former)).toBe('changed');
    const page = await registry.list({ limit: 1 });
    expect(page).toMatchObject({ clients: [{ clientId: 'a', name: 'New' }], next: 'a' });
    expect(await registry.list({ limit: 5, after: 'a' })).toMatchObject({
      clients: [{ clientId: 'b' }],
      next: undefined,
    });
    await directory.put(clientItem({ ...client(SYNTHETIC_ID), isSynthetic: true }, 1));
    await registry.create(client('z'));
    const idsAfter = async (after: string | undefined, limit: number) => {
      const { clients, next } = await registry.list({ after, limit });
      return [...clients.map(({ clientId }) => clientId), next];
    };
    expect(await idsAfter(undefined, 9)).toEqual(['a', 'b', SYNTHETIC_ID, 'z', undefined]);
    expect(await idsAfter('a', 2)).toEqual(['b', SYNTHETIC_ID, SYNTHETIC_ID]);
    expect(await idsAfter(SYNTHETIC_ID, 2)).toEqual(['z', undefined]);
    const clients = new ClientsTable(directory, () => NOW);
    expect((await clients.find('a')).client).toMatchObject({ name: 'New' });
    await registry.replace(client('a', 'Newer'), second);
    expect((await clients.find('a')).client).toMatchObject({ name: 'New' });
    expect(await clients.findAnew('a')).toMatchObject({ name: 'Newer' });
    expect((await clients.find('a')).client).toMatchObject({ name: 'Newer' });
    expect(await registry.remove('a')).toBe(true);
    expect(await clients.findAnew('a')).toBeUndefined();
    expect((await clients.find('a')).client).toBeUndefined();
    expect(await registry.remove('a')).toBe(false);
    // The entries of removed clients stay, and are left out of the pages.
    expect(await idsAfter(undefined, 1)).toEqual(['a']);
    expect(await idsAfter(undefined, 2)).toEqual(['b', 'b']);
    expect(await idsAfter(undefined, 9)).toEqual(['b', SYNTHETIC_ID, 'z', undefined]);
    expect(await registry.create(client('a', 'Next'))).toBe('written');
    expect(await idsAfter(undefined, 1)).toEqual(['a', 'a']);
  });
});
