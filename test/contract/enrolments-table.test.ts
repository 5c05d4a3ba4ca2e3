import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EnrolmentsTable, TicketsTable } from '../../provider/adapters/dynamodb/enrolments-table.ts';
import { PeopleRegistryTable } from '../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleAndDevicesTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { changeUser, registerUser } from '../../provider/core/person/profile.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;

describeOnEngines('tickets and enrolled devices, in the profile of their user,', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let transactions: Table;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    transactions = new Table(engine.client, 'Transactions');
  });
  afterAll(() => engine?.close());

  const expiresAt = NOW + 10;
  const setUp = async () => {
    const sub = entropy.id();
    const people = new PeopleAndDevicesTable(directory, entropy);
    const registry = new PeopleRegistryTable(directory, entropy, () => NOW);
    const enrolments = new EnrolmentsTable({ directory, transactions }, entropy);
    const tickets = new TicketsTable({ directory, transactions }, entropy);
    const registered = registerUser({}, { sub, profileId: entropy.id() });
    if (!registered.ok) throw new Error(registered.refusal.reason);
    const owner = registered.value;
    await registry.create(owner);
    const hash = entropy.secret();
    const issue = (over: Partial<{ hash: string }> = {}) =>
      tickets.issueTicket({ owner, ticket: { hash, issuedAt: NOW, expiresAt, ...over } });
    const claim = (keyThumbprint: string, deviceId: string, now = NOW) =>
      enrolments.claimTicket({ sub, hash, keyThumbprint, deviceId, now });
    const user = async () => {
      const found = await people.find(sub);
      if (!found) throw new Error('no such user');
      return found;
    };
    return { sub, owner, hash, registry, enrolments, tickets, issue, claim, user };
  };
  const use = { keyThumbprint: 'k1', deviceId: 'd1', isReported: false };

  it('a ticket is claimed once, and enrols its device in the same write', async () => {
    const { sub, hash, enrolments, issue, claim, user } = await setUp();
    expect(await issue()).toEqual({ claimed: true });
    expect(await enrolments.findTicketOwner(hash)).toBe(sub);
    expect(await enrolments.findTicketOwner('unknown')).toBeUndefined();
    expect(await claim('k1', 'd1', expiresAt)).toMatchObject({ claimed: false, user: { deviceIds: [] } });
    expect(await claim('k1', 'd1')).toEqual({ claimed: true });
    const claimed = { deviceIds: ['d1'], ticket: { hash, issuedAt: NOW, expiresAt, use } };
    expect(await claim('k1', 'd2')).toMatchObject({ claimed: false, user: claimed });
    expect(await claim('k2', 'd2')).toMatchObject({ claimed: false, user: claimed });
    await enrolments.recordReported({ sub, hash: 'another' });
    expect(await user()).toMatchObject(claimed);
    await enrolments.recordReported({ sub, hash });
    expect((await user()).ticket?.use).toEqual({ ...use, isReported: true });
  });

  it('of 20 keys at once, one claims it', async () => {
    const { issue, claim, user } = await setUp();
    await issue();
    const race = await Promise.all(Array.from({ length: 20 }, (_, index) => claim(`k${index}`, `d${index}`)));
    expect(race.filter(({ claimed }) => claimed)).toHaveLength(1);
    expect((await user()).deviceIds).toHaveLength(1);
  });

  it('a newer ticket, an end, a block or a removal ends it', async () => {
    const { sub, hash, registry, tickets, issue, claim, user } = await setUp();
    await issue();
    await issue({ hash: entropy.secret() });
    expect(await claim('k1', 'd1')).toMatchObject({ claimed: false });
    await issue();
    expect(await tickets.endTicket({ sub, hash: 'of an earlier ticket' })).toBe('changed');
    expect((await user()).ticket?.hash).toBe(hash);
    expect(await tickets.endTicket({ sub, hash })).toBe('ended');
    expect(await claim('k1', 'd1')).toMatchObject({ claimed: false, user: { ticket: undefined } });
    await issue();
    const before = await user();
    const blocked = changeUser(before, { blocked: true });
    if (!blocked.ok) throw new Error(blocked.refusal.reason);
    expect(await registry.replace(blocked.value, before)).toEqual({ outcome: 'written' });
    expect(await claim('k1', 'd1')).toMatchObject({ claimed: false, user: { ticket: undefined, blockCount: 1 } });
    expect(await issue()).toMatchObject({ claimed: false, user: { status: 'blocked' } });
    await registry.remove(await user());
    expect(await claim('k1', 'd1')).toEqual({ claimed: false, user: undefined });
    expect(await issue()).toEqual({ claimed: false, user: undefined });
    expect(await tickets.endTicket({ sub, hash })).toBe('changed');
  });

  it('is not issued for another person who got the sub', async () => {
    const { owner, hash, enrolments, tickets } = await setUp();
    const former = { sub: owner.sub, profileId: 'the former one' };
    const issued = await tickets.issueTicket({ owner: former, ticket: { hash, issuedAt: NOW, expiresAt } });
    expect(issued).toMatchObject({ claimed: false, user: { profileId: owner.profileId } });
    expect(await enrolments.findTicketOwner(hash)).toBeUndefined();
  });

  it('a device is withdrawn together with the ticket that enrolled it, and with no other', async () => {
    const { sub, enrolments, issue, claim, user } = await setUp();
    await issue();
    await claim('k1', 'd1');
    await enrolments.withdraw({ sub, deviceId: 'd2' });
    expect(await user()).toMatchObject({ deviceIds: ['d1'], ticket: { use } });
    await enrolments.withdraw({ sub, deviceId: 'd1' });
    expect(await user()).toMatchObject({ deviceIds: [], ticket: undefined });
    await issue();
    await enrolments.withdraw({ sub, deviceId: 'd1' });
    expect((await user()).ticket).toBeDefined();
    await enrolments.withdraw({ sub: 'nobody', deviceId: 'd1' });
  });

  it('a change of the profile that was read before an enrolment is not stored over it', async () => {
    const { registry, issue, claim, user } = await setUp();
    await issue();
    const before = await user();
    await claim('k1', 'd1');
    expect(await registry.replace(before, before)).toEqual({ outcome: 'changed' });
    const now = await user();
    expect(await registry.replace(now, now)).toEqual({ outcome: 'written' });
    expect(await user()).toMatchObject({ deviceIds: ['d1'], ticket: { use } });
  });

  describe('a write that the SDK repeats after others wrote', () => {
    /** All writes have one nonce, so that a second call is the repetition of the first. */
    const oneNonce = { ...entropy, id: () => 'one nonce' };
    const repeating = () => new EnrolmentsTable({ directory, transactions }, oneNonce);

    it.each(['withdraw', 'endTicket', 'recordReported', 'claimTicket', 'issueTicket'] as const)(
      '%s: what was read before it is not stored over what others wrote',
      async (step) => {
        const { sub, owner, hash, registry, issue, claim, user } = await setUp();
        const enrolments = repeating();
        const tickets = new TicketsTable({ directory, transactions }, oneNonce);
        await issue();
        if (step === 'recordReported') await claim('k1', 'd1');
        const run = () =>
          ({
            withdraw: () => enrolments.withdraw({ sub, deviceId: 'd2' }),
            endTicket: () => tickets.endTicket({ sub, hash }),
            recordReported: () => enrolments.recordReported({ sub, hash }),
            claimTicket: () => enrolments.claimTicket({ sub, hash, keyThumbprint: 'k1', deviceId: 'd1', now: NOW }),
            issueTicket: () => tickets.issueTicket({ owner, ticket: { hash, issuedAt: NOW, expiresAt } }),
          })[step]();
        await run();
        const before = await user();
        expect(await registry.replace({ ...before, claims: { name: 'Ana' } }, before)).toEqual({ outcome: 'written' });
        await run();
        expect(await registry.replace(before, before)).toEqual({ outcome: 'changed' });
        expect((await user()).claims).toEqual({ name: 'Ana' });
      },
    );

    it('claimTicket: the device is enrolled, also if its ticket ended or its user was blocked meanwhile', async () => {
      const { sub, hash, registry, enrolments, issue, user } = await setUp();
      const repeated = repeating();
      const claim = () => repeated.claimTicket({ sub, hash, keyThumbprint: 'k1', deviceId: 'd1', now: NOW });
      await issue();
      expect(await claim()).toEqual({ claimed: true });
      await issue({ hash: entropy.secret() });
      expect(await claim()).toEqual({ claimed: true });
      const before = await user();
      await registry.replace({ ...before, status: 'blocked', ticket: undefined }, before);
      expect(await claim()).toEqual({ claimed: true });
      await enrolments.withdraw({ sub, deviceId: 'd1' });
      expect(await claim()).toMatchObject({ claimed: false, user: { deviceIds: [] } });
    });

    it('withdraw, on the profile of another person who got the sub: nothing of theirs is replaced', async () => {
      const { sub, owner, registry, user } = await setUp();
      const enrolments = repeating();
      await enrolments.withdraw({ sub, deviceId: 'd1' });
      const before = await user();
      await registry.remove(before);
      await registry.create({ ...owner, profileId: 'another', claims: { name: 'Bo' } });
      await enrolments.withdraw({ sub, deviceId: 'd1' });
      expect((await user()).revision).toBe(before.revision);
      expect(await registry.replace(before, before)).toEqual({ outcome: 'changed' });
      expect((await user()).claims).toEqual({ name: 'Bo' });
    });
  });
});
