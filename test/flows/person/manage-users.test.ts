import { describe, expect, it } from 'vitest';
import type { User } from '../../../provider/core/person/user.ts';
import {
  createUser,
  findUser,
  listUserDevices,
  type ManageUsersPorts,
  removeUser,
  removeUserDevice,
} from '../../../provider/flows/person/manage-users.ts';
import { findUserWithDevices } from '../../../provider/flows/person/user-with-devices.ts';
import { ISSUER, NOW, refusalOf, valueFrom } from '../../core/given.ts';
import { deviceNamed } from '../world/devices.ts';
import { Outage } from '../world/journal.ts';
import { ANA } from '../world/world.ts';
import { usersWorld } from './given.ts';

const VIEW = { sub: 'ana', name: 'Ana', email: 'ana@example.com' };
const NO_USER = { reason: 'not_found', what: 'user' };
const AUDITED = { sub: 'ana', by: 'operator', at: NOW };

describe('an operator creates a user', () => {
  it('with a subject made here, or with the one that is given', async () => {
    const { ports, journal, audited, users } = usersWorld([]);
    expect(valueFrom(await createUser(ports, { name: 'Bo' }, 'operator'))).toEqual({
      sub: 'id-2',
      name: 'Bo',
      created_at: NOW,
    });
    expect(users.get('id-2')?.profileId).toBe('id-1');
    expect(journal.calls).toEqual(['create user id-2', 'audit user_created']);
    const changed = [{ member: 'name' }, { member: 'blocked', before: undefined, after: false }];
    expect(audited).toEqual([{ event: 'user_created', sub: 'id-2', changed, by: 'operator', at: NOW }]);
    expect(valueFrom(await createUser(ports, { sub: 'bo' }, 'operator')).sub).toBe('bo');
    expect([...users.keys()]).toEqual(['id-2', 'bo']);
    expect(users.get('bo')?.profileId).toBe('id-3');
  });

  it('but not under the id of the synthetic login, whose user is marked where it is read', async () => {
    const { ports, users, journal } = usersWorld([ANA, { ...ANA, sub: 'synthetic-login', identifiers: [] }]);
    expect(refusalOf(await createUser(ports, { sub: 'synthetic-login' }, 'operator'))).toEqual({
      reason: 'reserved_id',
    });
    expect(journal.calls).toEqual([]);
    expect(users.size).toBe(2);
    expect(valueFrom(await findUser(ports, { sub: 'synthetic-login' }))).toMatchObject({ synthetic: true });
    expect(valueFrom(await findUser(ports, { sub: 'ana' }))).not.toHaveProperty('synthetic');
  });

  it.each([
    ['subject', {}, { sub: 'ana' }, 'sub'],
    ['e-mail address', {}, { email: 'ANA@example.com' }, 'email'],
    ['phone number', { type: 'phone' as const, value: '+4917012345' }, { phone_number: '+4917012345' }, 'phone_number'],
    ['username', { type: 'username' as const, value: 'ana' }, { preferred_username: 'Ana' }, 'preferred_username'],
  ])(
    'but not with a %s that another has: the member is named, nothing is audited',
    async (_name, one, profile, what) => {
      const identifiers = 'type' in one ? [one] : ANA.identifiers;
      const { ports, audited, users } = usersWorld([{ ...ANA, identifiers }]);
      expect(refusalOf(await createUser(ports, profile, 'operator'))).toEqual({ reason: 'conflict', what });
      expect(audited).toEqual([]);
      expect(users.size).toBe(1);
    },
  );

  it('but not with a profile that breaks a rule; nothing is written', async () => {
    const { ports, journal } = usersWorld();
    const refusal = refusalOf(await createUser(ports, { email: 'none' }, 'operator'));
    expect(refusal).toEqual({ reason: 'invalid_parameter', name: 'email', expected: 'an e-mail address' });
    expect(journal.calls).toEqual([]);
  });
});

describe('an operator finds a user', () => {
  it.each([
    ['by subject', { sub: 'ana' }, ['find user ana']],
    [
      'by anything that a client may send as login_hint',
      { loginHint: 'ANA@example.com' },
      ['resolve email ana@example.com', 'find user ana'],
    ],
    [
      'by a subject identifier (RFC 9493)',
      { loginHint: JSON.stringify({ format: 'iss_sub', iss: ISSUER, sub: 'ana' }) },
      ['find user ana'],
    ],
  ])('%s', async (_name, by, calls) => {
    const { ports, journal } = usersWorld();
    expect(valueFrom(await findUser(ports, by))).toEqual(VIEW);
    expect(journal.calls).toEqual(calls);
  });

  it('but nobody by an unknown subject or name, or by what can be nobody’s name', async () => {
    const { ports, journal } = usersWorld();
    expect(refusalOf(await findUser(ports, { sub: 'bo' }))).toEqual(NO_USER);
    expect(refusalOf(await findUser(ports, { loginHint: 'bo@example.com' }))).toEqual(NO_USER);
    expect(refusalOf(await findUser(ports, { loginHint: 'a b c' }))).toEqual(NO_USER);
    expect(journal.calls).toEqual(['find user bo', 'resolve email bo@example.com']);
  });

  it('but not the former owner of an address whose clean-up failed, nor one who was removed', async () => {
    const { ports, users, journal, update } = usersWorld();
    expect((await update({ email: 'new@example.com' })).ok).toBe(true);
    // The old address still leads to Ana, as after a deletion that failed.
    const { identifiers } = ANA;
    expect(identifiers).toEqual([{ type: 'email', value: 'ana@example.com' }]);
    expect(refusalOf(await findUser(ports, { loginHint: 'ana@example.com' }))).toEqual(NO_USER);
    expect(journal.calls.slice(-2)).toEqual(['resolve email ana@example.com', 'find user ana']);
    expect(valueFrom(await findUser(ports, { loginHint: 'new@example.com' })).sub).toBe('ana');
    users.clear();
    expect(refusalOf(await findUser(ports, { loginHint: 'new@example.com' }))).toEqual(NO_USER);
  });

  it('with all devices; without a profile there is no user, whatever devices are left', async () => {
    const { ports, users } = usersWorld();
    expect(valueFrom(await listUserDevices(ports, 'ana')).devices).toEqual([
      { device_id: 'phone', name: 'Pixel', platform: 'GCM', push: 'reachable', enrolled_at: NOW - 1000 },
      { device_id: 'tablet', name: 'Pixel', platform: 'GCM', push: 'reachable', enrolled_at: NOW - 1000 },
    ]);
    users.clear();
    expect(refusalOf(await listUserDevices(ports, 'ana'))).toEqual(NO_USER);
    expect(await findUserWithDevices(ports, 'ana')).toBeUndefined();
  });
});

describe('an operator changes a user', () => {
  it('member by member, as the user was read', async () => {
    const { update, journal, users, audited } = usersWorld();
    expect(valueFrom(await update({ name: 'Anna', blocked: true }))).toEqual({ ...VIEW, name: 'Anna', blocked: true });
    expect(journal.calls).toEqual(['find user ana', 'replace user ana', 'audit user_updated']);
    expect(users.get('ana')?.status).toBe('blocked');
    const changed = [{ member: 'name' }, { member: 'blocked', before: false, after: true }];
    expect(audited).toEqual([{ event: 'user_updated', changed, ...AUDITED }]);
  });

  it('and the trail tells a block from an unblock and from a new name, and has no value of a person', async () => {
    const { update, audited } = usersWorld();
    await update({ blocked: true });
    await update({ blocked: false });
    await update({ name: 'Anna', email: 'anna@example.com', phone_number: '+4917012345', email_verified: true });
    expect(audited.map((event) => 'changed' in event && event.changed)).toEqual([
      [{ member: 'blocked', before: false, after: true }],
      [{ member: 'blocked', before: true, after: false }],
      [{ member: 'name' }, { member: 'email' }, { member: 'email_verified' }, { member: 'phone_number' }],
    ]);
    for (const value of ['Ana', 'Anna', 'example.com', '4917012345'])
      expect(JSON.stringify(audited)).not.toContain(value);
  });

  it('who changes meanwhile: applied to what is there then, so that a block is not undone by a name', async () => {
    const { update, journal, users } = usersWorld();
    let isFirst = true;
    journal.meanwhile('replace', () => {
      if (isFirst) users.set('ana', { ...ANA, status: 'blocked' });
      isFirst = false;
    });
    expect(valueFrom(await update({ name: 'Anna' }))).toMatchObject({ name: 'Anna', blocked: true });
  });

  it('but not again when the change may have been made before: another operator may have set it back', async () => {
    const { update, journal, users, audited, isRepeated } = usersWorld();
    isRepeated.now = true;
    journal.meanwhile('replace', () => users.set('ana', { ...ANA, status: 'blocked' }));
    expect(refusalOf(await update({ blocked: false }))).toEqual({ reason: 'conflict', what: 'changed' });
    expect(users.get('ana')?.status).toBe('blocked');
    expect(journal.calls).toEqual(['find user ana', 'replace user ana']);
    expect(audited).toEqual([]);
  });

  it('but not another person who got the same sub meanwhile', async () => {
    const { update, journal, users, audited } = usersWorld();
    const successor = { ...ANA, profileId: 'profile-2' };
    journal.meanwhile('replace', () => users.set('ana', successor));
    expect(refusalOf(await update({ blocked: true }))).toEqual(NO_USER);
    expect(users.get('ana')).toBe(successor);
    expect(audited).toEqual([]);
  });

  it.each([
    [4, undefined],
    [5, { reason: 'conflict', what: 'changed' }],
  ])('who changes meanwhile %i times: the fifth round is the last', async (times, refusal) => {
    const { update, journal, users, audited } = usersWorld();
    let changes = 0;
    journal.meanwhile('replace', () => {
      changes += 1;
      if (changes <= times) users.set('ana', { ...ANA });
    });
    expect(refusalOf(await update({ name: 'Anna' }))).toEqual(refusal);
    expect(journal.calls.filter((call) => call.startsWith('replace'))).toHaveLength(5);
    expect(audited).toHaveLength(refusal ? 0 : 1);
  });

  it('but not to a name that another has, in one round, nor to one that breaks a rule, nor who is gone', async () => {
    const bo: User = { ...ANA, sub: 'bo', identifiers: [{ type: 'email', value: 'bo@example.com' }] };
    const { update, users, journal } = usersWorld([ANA, bo]);
    expect(refusalOf(await update({ email: 'bo@example.com' }))).toEqual({ reason: 'conflict', what: 'email' });
    expect(journal.calls).toEqual(['find user ana', 'replace user ana']);
    expect(refusalOf(await update({ email: 'none' }))).toMatchObject({ name: 'email' });
    users.clear();
    expect(refusalOf(await update({ name: 'Anna' }))).toEqual(NO_USER);
  });
});

describe('an operator removes', () => {
  it('a user: the profile first, so that nobody can be asked meanwhile; the devices last', async () => {
    const { ports, journal, audited, devices } = usersWorld();
    expect(await removeUser(ports, 'ana', 'operator')).toEqual({ ok: true, value: true });
    expect(journal.calls).toEqual([
      'find user ana',
      'list devices of ana',
      'remove user ana',
      'audit user_removed',
      'release endpoint of phone for device phone',
      'release endpoint of tablet for device tablet',
      'remove leftovers of ana',
    ]);
    expect([...devices.keys()]).toEqual([]);
    expect(audited).toEqual([{ event: 'user_removed', ...AUDITED }]);
    expect(refusalOf(await removeUser(ports, 'ana', 'operator'))).toEqual(NO_USER);
  });

  it('no user who is not there and has left nothing', async () => {
    const { ports, audited } = usersWorld([], []);
    expect(refusalOf(await removeUser(ports, 'ana', 'operator'))).toEqual(NO_USER);
    expect(audited).toEqual([]);
  });

  it.each(['release endpoint of phone', 'remove leftovers'])(
    'what is left of a user whose removal broke off at "%s": the devices, and their endpoints before them',
    async (call) => {
      const { ports, journal, audited, devices } = usersWorld();
      journal.breakAt(call);
      await expect(removeUser(ports, 'ana', 'operator')).rejects.toThrow(Outage);
      expect([...devices.keys()]).toEqual(['phone', 'tablet']);
      journal.heal();
      const before = journal.calls.length;
      expect(await removeUser(ports, 'ana', 'operator')).toEqual({ ok: true, value: true });
      const removal = (id: string) => [
        `withdraw device ${id}`,
        'audit device_removed',
        `release endpoint of ${id} for device ${id}`,
        `remove device ${id}`,
      ];
      expect(journal.calls.slice(before + 2)).toEqual([...removal('phone'), ...removal('tablet')]);
      expect([...devices.keys()]).toEqual([]);
      expect(audited).toEqual([
        { event: 'user_removed', ...AUDITED },
        { event: 'device_removed', deviceId: 'phone', ...AUDITED },
        { event: 'device_removed', deviceId: 'tablet', ...AUDITED },
      ]);
      expect(refusalOf(await removeUser(ports, 'ana', 'operator'))).toEqual(NO_USER);
    },
  );

  it('a lost phone of a user, after its endpoint, which only the phone names', async () => {
    const { ports, journal, audited, devices, users } = usersWorld();
    const target = { sub: 'ana', deviceId: 'tablet', by: 'operator' };
    expect(await removeUserDevice(ports, target)).toEqual({ ok: true, value: true });
    expect(journal.calls.slice(2)).toEqual([
      'withdraw device tablet',
      'audit device_removed',
      'release endpoint of tablet for device tablet',
      'remove device tablet',
    ]);
    expect([...devices.keys()]).toEqual(['phone']);
    expect(users.get('ana')?.deviceIds).not.toContain('tablet');
    expect(audited).toEqual([{ event: 'device_removed', deviceId: 'tablet', ...AUDITED }]);
  });

  it('no device that the user has not, and none of a user who is not there', async () => {
    const { ports, journal } = usersWorld();
    const missing = { reason: 'not_found', what: 'device' };
    expect(refusalOf(await removeUserDevice(ports, { sub: 'ana', deviceId: 'x', by: 'operator' }))).toEqual(missing);
    expect(refusalOf(await removeUserDevice(ports, { sub: 'bo', deviceId: 'phone', by: 'operator' }))).toEqual(missing);
    expect(journal.calls.some((call) => call.startsWith('remove'))).toBe(false);
  });

  it('and what was removed is in the audit trail, though the clean-up of its endpoint fails', async () => {
    for (const remove of [
      (ports: ManageUsersPorts) => removeUser(ports, 'ana', 'operator'),
      (ports: ManageUsersPorts) => removeUserDevice(ports, { sub: 'ana', deviceId: 'phone', by: 'operator' }),
    ]) {
      const { ports, journal, audited } = usersWorld();
      journal.breakAt('release');
      await expect(remove(ports)).rejects.toThrow(Outage);
      expect(audited).toHaveLength(1);
    }
  });
});

describe('a leftover of a device', () => {
  it('is listed and marked, counts for nothing, and can be removed', async () => {
    const { ports, devices } = usersWorld([ANA], [deviceNamed('phone'), deviceNamed('stray')]);
    const { devices: listed } = valueFrom(await listUserDevices(ports, 'ana'));
    expect(listed.map(({ device_id, leftover }) => [device_id, leftover])).toEqual([
      ['phone', undefined],
      ['stray', true],
    ]);
    const found = await findUserWithDevices(ports, 'ana');
    expect(found?.devices.map(({ deviceId }) => deviceId)).toEqual(['phone']);
    expect((await removeUserDevice(ports, { sub: 'ana', deviceId: 'stray', by: 'operator' })).ok).toBe(true);
    expect([...devices.keys()]).toEqual(['phone']);
  });

  it('is what is left of a removal that broke off; the next try finishes it', async () => {
    const { ports, journal, devices } = usersWorld();
    const target = { sub: 'ana', deviceId: 'phone', by: 'operator' };
    journal.breakAt('remove device');
    await expect(removeUserDevice(ports, target)).rejects.toThrow(Outage);
    expect((await findUserWithDevices(ports, 'ana'))?.devices.map(({ deviceId }) => deviceId)).toEqual(['tablet']);
    journal.heal();
    expect((await removeUserDevice(ports, target)).ok).toBe(true);
    expect([...devices.keys()]).toEqual(['tablet']);
  });
});

it.each([
  ['create', (ports: ManageUsersPorts) => createUser(ports, { name: 'Bo' }, 'operator')],
  ['find', (ports: ManageUsersPorts) => findUser(ports, { sub: 'ana' })],
  ['resolve', (ports: ManageUsersPorts) => findUser(ports, { loginHint: 'ana@example.com' })],
  ['list', (ports: ManageUsersPorts) => listUserDevices(ports, 'ana')],
  ['remove user', (ports: ManageUsersPorts) => removeUser(ports, 'ana', 'operator')],
] as const)('an outage at "%s" is a fault, never "not found", and audits nothing', async (call, run) => {
  const { ports, journal, audited } = usersWorld();
  journal.breakAt(call);
  await expect(run(ports)).rejects.toThrow(Outage);
  expect(audited).toEqual([]);
});
