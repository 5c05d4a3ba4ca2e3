import type { EraseUserPorts } from '../../../provider/flows/person/erase-user.ts';
import type { ExportUserPorts } from '../../../provider/flows/person/export-user.ts';
import { NOW } from '../../core/given.ts';
import { deviceNamed, devicesIn, endpointsIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { evidenceKeyOf, evidenceKeysIn, personRecordsIn } from '../world/records.ts';
import { ANA, startWorld } from '../world/world.ts';

/** Ana with two phones, a request and an evidence key, and an earlier person who had her subject. */
export function recordsWorld() {
  const world = startWorld();
  const { journal } = world;
  const { users, logins } = peopleIn(journal, [ANA]);
  const { devices, stored } = devicesIn(journal, [deviceNamed('phone'), deviceNamed('leftover')]);
  const { evidenceKeys, keys, former } = evidenceKeysIn(journal, [['ana', evidenceKeyOf('profile-1')]]);
  former.set('profile-0', { sub: 'ana', key: evidenceKeyOf('profile-0') });
  const tables = { users, logins, devices: stored, keys, former };
  const { personRecords, requests, windows, entries } = personRecordsIn(journal, tables);
  requests.set('request-1', { sub: 'ana', profileId: 'profile-1' });
  requests.set('request-0', { sub: 'ana', profileId: 'profile-0' });
  windows.add('ana');
  entries.set('ana#profile-1', NOW - 3600).set('ana#profile-0', NOW - 7200);
  const ports: EraseUserPorts & ExportUserPorts = {
    ...world.ports,
    devices,
    endpoints: endpointsIn(journal),
    personRecords,
    evidenceKeys,
  };
  const left = () => ({
    users: [...users.keys()],
    logins: [...logins.keys()],
    devices: [...stored.keys()],
    requests: [...requests.keys()],
    windows: [...windows],
    entries: [...entries.keys()],
    keys: [...keys.values(), ...[...former.values()].map(({ key }) => key)].map(({ profileId }) => profileId),
  });
  /** Another person gets Ana's subject, and has a request and an evidence key at once. */
  const gets = (profileId: string) => {
    const current = keys.get('ana');
    if (current) former.set(current.profileId, { sub: 'ana', key: current });
    users.set('ana', { ...ANA, profileId, claims: {} });
    keys.set('ana', evidenceKeyOf(profileId));
    requests.set(profileId.replace('profile', 'request'), { sub: 'ana', profileId });
  };
  /** What is kept of persons besides users and devices, by its name. */
  const kept = () =>
    Object.fromEntries([
      ...[...logins].map(([name, sub]) => [`login ${name}`, { sub }]),
      ...[...requests],
      ...[...windows].map((sub) => [`window of ${sub}`, { sub }]),
      ...[...keys].map(([sub, { profileId }]) => [`key of ${profileId}`, { sub, profileId }]),
      ...[...former].map(([profileId, { sub }]) => [`key of ${profileId}`, { sub, profileId }]),
    ]);
  return { ...world, ports, users, devices: stored, left, kept, gets, entries };
}
