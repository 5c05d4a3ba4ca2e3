import { describe, expect, it } from 'vitest';
import { eraseUser } from '../../../provider/flows/person/erase-user.ts';
import { NOW, refusalOf } from '../../core/given.ts';
import { Outage } from '../world/journal.ts';
import { recordsWorld } from './records-given.ts';

const NOBODY = { users: [], logins: [], devices: [], requests: [], windows: [], entries: [], keys: [] };
/** What is left of the earlier person with the subject. */
const FORMER = { ...NOBODY, requests: ['request-0'], entries: ['ana#profile-0'], keys: ['profile-0'] };

describe('an operator erases a user', () => {
  it('who is blocked first; what nothing leads to goes next, and the profile last', async () => {
    const { ports, journal, left } = recordsWorld();
    expect((await eraseUser(ports, 'ana', 'operator')).ok).toBe(true);
    expect(journal.all).toEqual([
      'read records of ana',
      'list devices of ana',
      'intended user_erased',
      'close user ana',
      'list devices of ana',
      'release endpoint of phone for device phone',
      'remove device phone',
      'release endpoint of leftover for device leftover',
      'remove device leftover',
      'erase requests of ana',
      'erase rate windows of ana',
      'erase blocks of ana',
      'erase evidence keys of ana',
      'erase entries of ana',
      'erase profile of ana',
      'audit user_erased',
    ]);
    expect(left()).toEqual(FORMER);
  });

  it('and the audit trail has subject and operator, which profile it was, and nothing else of the person', async () => {
    const { ports, trail } = recordsWorld();
    await eraseUser(ports, 'ana', 'operator');
    const record = { event: 'user_erased', sub: 'ana', profileIds: ['profile-1'], by: 'operator' };
    const stored = { ...record, change: 'change-1', at: NOW, isStored: true };
    expect(trail).toEqual([
      { ...stored, phase: 'intended', place: 3 },
      { ...stored, phase: 'done', place: 16 },
    ]);
  });

  it('and once the user is gone, what earlier persons with the subject left', async () => {
    const { ports, left } = recordsWorld();
    await eraseUser(ports, 'ana', 'operator');
    expect((await eraseUser(ports, 'ana', 'operator')).ok).toBe(true);
    expect(left()).toEqual(NOBODY);
  });

  it('but not the entry of a user who is being created with the subject: it would be in no list', async () => {
    const { ports, left, entries } = recordsWorld();
    await eraseUser(ports, 'ana', 'operator');
    entries.set('ana#new', NOW - 59).set('ana#broken off', NOW - 60);
    expect((await eraseUser(ports, 'ana', 'operator')).ok).toBe(true);
    expect(left()).toEqual({ ...NOBODY, entries: ['ana#new'] });
  });

  it('and is told that there is none when nothing is left', async () => {
    const { ports, trail } = recordsWorld();
    await eraseUser(ports, 'ana', 'operator');
    await eraseUser(ports, 'ana', 'operator');
    trail.length = 0;
    expect(refusalOf(await eraseUser(ports, 'ana', 'operator'))).toEqual({ reason: 'not_found', what: 'user' });
    expect(trail).toEqual([]);
  });

  it('but not while the audit trail cannot store that it happened', async () => {
    const { ports, store, left } = recordsWorld();
    const before = left();
    store.isOut = true;
    expect(refusalOf(await eraseUser(ports, 'ana', 'operator'))).toEqual({ reason: 'audit_unavailable' });
    expect(left()).toEqual(before);
  });

  it('and erases nothing of another person who got the subject meanwhile', async () => {
    const { ports, journal, users, left, gets } = recordsWorld();
    journal.meanwhile('close user', () => gets('profile-2'));
    await eraseUser(ports, 'ana', 'operator');
    expect(users.get('ana')).toMatchObject({ profileId: 'profile-2', status: 'active' });
    expect(left()).toMatchObject({
      logins: ['email ana@example.com'],
      requests: ['request-0', 'request-2'],
      keys: ['profile-2', 'profile-0'],
    });
  });

  it('and what an earlier person left is erased without what a new person gets meanwhile', async () => {
    const { ports, journal, users, left, gets } = recordsWorld();
    await eraseUser(ports, 'ana', 'operator');
    journal.meanwhile('erase requests', () => gets('profile-2'));
    expect((await eraseUser(ports, 'ana', 'operator')).ok).toBe(true);
    expect(users.has('ana')).toBe(true);
    expect(left()).toMatchObject({ requests: ['request-2'], keys: ['profile-2'] });
  });
});

describe('an erasure that breaks off', () => {
  const steps = Array.from({ length: 14 }, (_, index) => index + 3);
  const faults = ['fails', 'answer lost', 'dies'] as const;
  const broken = steps.flatMap((step) => faults.map((fault) => [step, fault] as const));

  it.each(broken)(
    'at step %i (%s) leaves nobody who can be asked, and is finished by the next',
    async (step, fault) => {
      const { ports, journal, users, left } = recordsWorld();
      journal.breakOnce(fault, step);
      await eraseUser(ports, 'ana', 'operator').catch((error: unknown) => expect(error).toBeInstanceOf(Outage));
      const isClosed = step > 4;
      if (isClosed) expect(users.get('ana')?.status ?? 'gone').not.toBe('active');
      journal.heal();
      await eraseUser(ports, 'ana', 'operator');
      const { keys, requests, entries, ...rest } = left();
      expect(rest).toEqual({ users: [], logins: [], devices: [], windows: [] });
      expect([...keys, ...requests, ...entries].filter((one) => one.endsWith('-1'))).toEqual([]);
    },
  );
});
