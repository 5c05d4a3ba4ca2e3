import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entriesOf, USER_LIST } from '../../provider/adapters/dynamodb/forms/user-form.ts';
import { PeopleRegistryTable } from '../../provider/adapters/dynamodb/people-registry-table.ts';
import { PeopleTable } from '../../provider/adapters/dynamodb/people-table.ts';
import { PersonRecordsTable } from '../../provider/adapters/dynamodb/person-records-table.ts';
import { Table } from '../../provider/adapters/dynamodb/table.ts';
import { UserListTable } from '../../provider/adapters/dynamodb/user-list-table.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';
import { registerUser } from '../../provider/core/person/profile.ts';
import type { User } from '../../provider/core/person/user.ts';
import { describeOnEngines, type EngineUnderTest, startEngine } from '../support/engine.ts';

const NOW = 1_800_000_000;

describeOnEngines('the list of users', (name) => {
  let engine: EngineUnderTest;
  let directory: Table;
  let registry: PeopleRegistryTable;
  let list: UserListTable;
  let records: PersonRecordsTable;
  beforeAll(async () => {
    engine = await startEngine(name);
    directory = new Table(engine.client, 'Directory');
    registry = new PeopleRegistryTable(directory, entropy, () => NOW);
    list = new UserListTable(directory);
    records = new PersonRecordsTable({ directory, transactions: new Table(engine.client, 'Transactions') }, entropy);
  });
  afterAll(() => engine?.close());

  const user = (sub: string, profileId = `profile of ${sub}`): User => {
    const registered = registerUser({}, { sub, profileId });
    if (!registered.ok) throw new Error(registered.refusal.reason);
    return { ...registered.value, createdAt: NOW };
  };
  const read = async (limit: number, after?: string, subPrefix = '') => {
    const { users, next } = await list.read({ after, subPrefix, limit });
    return [...users.map(({ sub }) => sub), next];
  };
  /** The profiles that have an entry under this subject. */
  const entries = async (sub: string) =>
    (await directory.query(USER_LIST, { skPrefix: entriesOf(sub) })).map(({ sk }) => sk.split('#')[1]);

  it('is in the order of the subjects, also where one begins with another and a character that sorts early', async () => {
    for (const sub of ['o-b', 'o', 'o+a', 'o.c', 'oa']) await registry.create(user(sub));
    expect(await read(9, undefined, 'o')).toEqual(['o', 'o+a', 'o-b', 'o.c', 'oa', undefined]);
    expect(await read(2, undefined, 'o')).toEqual(['o', 'o+a', 'o+a']);
    expect(await read(2, 'o+a', 'o')).toEqual(['o-b', 'o.c', 'o.c']);
    expect(await read(2, 'o.c', 'o')).toEqual(['oa', undefined]);
    // A cursor need not be a user, and one outside the beginning is no error.
    expect(await read(2, 'o-', 'o')).toEqual(['o-b', 'o.c', 'o.c']);
    expect(await read(9, 'a', 'o-')).toEqual(['o-b', undefined]);
    expect(await read(9, 'oz', 'o-')).toEqual([undefined]);
  });

  it('has the user of the synthetic login in its place, and once', async () => {
    const prefix = 'synthetic-logi';
    await registry.create(user('synthetic-logi'));
    await registry.create(user('synthetic-logio'));
    expect(await read(9, undefined, prefix)).toEqual(['synthetic-logi', 'synthetic-logio', undefined]);
    await registry.create(user(SYNTHETIC_ID));
    await registry.remove(user('synthetic-logi', 'another'));
    await directory.delete({ pk: USER_LIST, sk: `${entriesOf(SYNTHETIC_ID)}profile of ${SYNTHETIC_ID}` });
    expect(await entries(SYNTHETIC_ID)).toEqual([]);
    expect(await read(9, undefined, prefix)).toEqual(['synthetic-logi', SYNTHETIC_ID, 'synthetic-logio', undefined]);
    expect(await read(1, undefined, prefix)).toEqual(['synthetic-logi', 'synthetic-logi']);
    expect(await read(1, 'synthetic-logi', prefix)).toEqual([SYNTHETIC_ID, 'synthetic-logio', 'synthetic-logio']);
    expect(await read(9, SYNTHETIC_ID, prefix)).toEqual(['synthetic-logio', undefined]);
  });

  it('leaves out an entry whose creation or removal broke off, and a page with it leads on', async () => {
    await registry.create(user('broken-b'));
    await directory.put({ pk: USER_LIST, sk: `${entriesOf('broken-a')}x`, put_at: NOW });
    expect(await read(1, undefined, 'broken')).toEqual(['broken-a']);
    expect(await read(9, undefined, 'broken')).toEqual(['broken-b', undefined]);
  });

  it('names a user once, although earlier persons with the subject left entries, and a page ends between them', async () => {
    for (const left of ['0', 'zz'])
      await directory.put({ pk: USER_LIST, sk: `${entriesOf('twice')}${left}`, put_at: 1 });
    await registry.create(user('twice', 'middle'));
    expect(await read(9, undefined, 'twice')).toEqual(['twice', undefined]);
    expect(await read(1, undefined, 'twice')).toEqual(['twice', 'twice']);
    expect(await read(1, 'twice', 'twice')).toEqual([undefined]);
  });

  it('keeps no entry of a creation that lost against another one with the subject', async () => {
    const sub = 'raced';
    const made = await Promise.all(['one', 'two', 'three'].map((profileId) => registry.create(user(sub, profileId))));
    const winners = made.filter(({ outcome }) => outcome === 'written');
    expect(winners).toHaveLength(1);
    const found = await new PeopleTable(directory, entropy).find(sub);
    expect(await entries(sub)).toEqual([found?.profileId]);
  });

  it('keeps the entry of a new person with the subject while the former one is removed', async () => {
    await registry.create(user('reused', 'former'));
    const former = user('reused', 'former');
    await registry.remove(former);
    await registry.create(user('reused', 'new'));
    await registry.remove(former);
    expect(await entries('reused')).toEqual(['new']);
    expect(await read(1, undefined, 'reused')).toEqual(['reused', 'reused']);
  });

  it('is in the records of a person, and erased with them', async () => {
    await registry.create(user('kept', 'own'));
    await directory.put({ pk: USER_LIST, sk: `${entriesOf('kept')}old`, put_at: 7 });
    const listed = [
      { profile_id: 'old', put_at: 7 },
      { profile_id: 'own', put_at: NOW },
    ];
    expect((await records.read('kept'))?.listed).toEqual(listed);
    await records.eraseEntries({ sub: 'kept', profileIds: ['own'] });
    expect(await entries('kept')).toEqual(['old']);
    // A subject that begins with another one is another subject.
    expect(await records.read('kep')).toBeUndefined();
  });

  describe('while others create and remove users', () => {
    it('nobody is on two pages, and nobody is missing who was there all the time', async () => {
      const stays = Array.from({ length: 30 }, (_, at) => `race-${String(at).padStart(3, '0')}-stays`);
      const comes = Array.from({ length: 30 }, (_, at) => `race-${String(at).padStart(3, '0')}-a-comes`);
      const goes = Array.from({ length: 30 }, (_, at) => `race-${String(at).padStart(3, '0')}-b-goes`);
      for (const sub of [...stays, ...goes]) await registry.create(user(sub));
      const changes = (async () => {
        for (const [at, sub] of comes.entries()) {
          await registry.create(user(sub));
          await registry.remove(user(goes.at(-1 - at) ?? ''));
        }
      })();
      const seen: string[] = [];
      let after: string | undefined;
      do {
        const { users, next } = await list.read({ after, subPrefix: 'race-', limit: 4 });
        seen.push(...users.map(({ sub }) => sub));
        after = next;
      } while (after !== undefined);
      await changes;
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen.filter((sub) => sub.endsWith('stays'))).toEqual(stays);
    });
  });
});
