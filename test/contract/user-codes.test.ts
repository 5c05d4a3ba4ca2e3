import { afterAll, beforeAll, expect, it } from 'vitest';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { RateWindowsTable } from '../../provider/adapters/dynamodb/rate-windows-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { UserCodesTable } from '../../provider/adapters/dynamodb/user-codes-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;
const DAY = 86_400;
/** The first second of a day. */
const MORNING = NOW - (NOW % DAY);

describeOnEngines('user codes', (name) => {
  let engine: EngineUnderTest;
  let codes: UserCodesTable;
  let people: PeopleTable;
  let rates: RateWindowsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    const directory = new Table(engine.client, 'Directory');
    codes = new UserCodesTable(directory);
    people = new PeopleTable(directory, entropy);
    rates = new RateWindowsTable(new Table(engine.client, 'Transactions'), entropy);
  });
  afterAll(() => engine?.close());

  const codeOf = (codeId: string, profileId = 'profile-1') => ({
    profileId,
    codeId,
    hash: `hash of ${codeId}`,
    setAt: NOW,
  });
  const [first, second] = [codeOf('first'), codeOf('second')];

  it('are set, changed and removed, and read with the person', async () => {
    const sub = entropy.id();
    expect(await people.findUserCode(sub)).toBeUndefined();
    expect(await codes.set(sub, first, undefined)).toBe(true);
    expect(await people.findUserCode(sub)).toEqual(first);
    expect(await codes.set(sub, second, first)).toBe(true);
    expect(await people.findUserCode(sub)).toEqual(second);
    expect(await codes.remove(sub, first)).toBe(false);
    expect(await codes.remove(sub, second)).toBe(true);
    expect(await people.findUserCode(sub)).toBeUndefined();
  });

  it('are set by one of two at once, whether there was one before or not', async () => {
    const sub = entropy.id();
    for (const before of [undefined, first]) {
      if (before) await codes.remove(sub, (await people.findUserCode(sub)) ?? before);
      if (before) await codes.set(sub, before, undefined);
      const both = ['one', 'other'].map((codeId) => codes.set(sub, codeOf(codeId), before));
      expect((await Promise.all(both)).toSorted()).toEqual([false, true]);
    }
  });

  it('count as set when the SDK repeats the write, because its answer was lost', async () => {
    const sub = entropy.id();
    expect([await codes.set(sub, first, undefined), await codes.set(sub, first, undefined)]).toEqual([true, true]);
  });

  it('of a later person with the subject are not replaced by a call that read the former one', async () => {
    const sub = entropy.id();
    await codes.set(sub, codeOf('theirs', 'profile-2'), undefined);
    expect(await codes.set(sub, first, undefined)).toBe(false);
    expect(await people.findUserCode(sub)).toMatchObject({ profileId: 'profile-2' });
  });

  it('are tried as often as the limit says, of 20 attempts at once, and anew with the next day', async () => {
    const attempt = { sub: entropy.id(), clientId: 'bank', codeId: 'first' };
    const count = async (now: number, different = {}) => rates.countUserCode({ ...attempt, ...different }, 3, now);
    const counted = await Promise.all(Array.from({ length: 20 }, () => count(MORNING)));
    expect(counted.filter(({ allowed }) => allowed)).toHaveLength(3);
    expect(await count(MORNING + DAY - 1)).toEqual({ allowed: false, retryAfterSeconds: 1 });
    expect(await count(MORNING + DAY)).toEqual({ allowed: true });
    for (const different of [{ clientId: 'shop' }, { codeId: 'second' }, { codeId: undefined }, { sub: entropy.id() }])
      expect(await count(MORNING, different)).toEqual({ allowed: true });
  });

  it('that were right are taken back, in the day in which they were counted, and never below zero', async () => {
    const attempt = { sub: entropy.id(), clientId: 'bank', codeId: undefined };
    const count = async (now: number) => (await rates.countUserCode(attempt, 1, now)).allowed;
    expect([await count(MORNING), await count(MORNING)]).toEqual([true, false]);
    await rates.giveBackUserCode(attempt, MORNING);
    await rates.giveBackUserCode(attempt, MORNING);
    await rates.giveBackUserCode(attempt, MORNING + DAY);
    expect([await count(MORNING), await count(MORNING)]).toEqual([true, false]);
  });
});
