import type { Device } from '../../../provider/core/device/device.ts';
import type { LoginIdentifier } from '../../../provider/core/person/login-identifier.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { People, PeopleRegistry, UserWritten } from '../../../provider/flows/person/ports.ts';
import { type Blocks, blocksOf } from './blocks.ts';
import type { Journal } from './journal.ts';
import type { UserCodeMap } from './user-codes.ts';

const nameOf = ({ type, value }: LoginIdentifier): string => `${type} ${value}`;

/** Users and their login identifiers, which may outlive them, and their devices, which may too. */
export function peopleIn(
  journal: Journal,
  users: readonly User[],
  {
    devices = new Map(),
    blocks = new Map(),
    codes = new Map(),
  }: { devices?: Map<string, Device>; blocks?: Blocks; codes?: UserCodeMap } = {},
) {
  const stored = new Map(users.map((user) => [user.sub, user]));
  const logins = new Map(users.flatMap(({ sub, identifiers }) => identifiers.map((one) => [nameOf(one), sub])));
  const people: People = journal.port({
    resolve: async (identifier) => {
      journal.begin(`resolve ${nameOf(identifier)}`);
      return logins.get(nameOf(identifier));
    },
    find: async (sub) => {
      journal.begin(`find user ${sub}`);
      return stored.get(sub);
    },
    // It is part of the same read, so it is no call of its own.
    listBlocks: async (sub) => blocksOf(blocks, sub),
    findUserCode: async (sub) => codes.get(sub),
  });
  const takenBy = (user: User): UserWritten | undefined => {
    const taken = user.identifiers.find((one) => (logins.get(nameOf(one)) ?? user.sub) !== user.sub);
    return taken && { outcome: 'taken', taken: taken.type };
  };
  const write = (user: User): UserWritten => {
    stored.set(user.sub, user);
    for (const one of user.identifiers) logins.set(nameOf(one), user.sub);
    return { outcome: 'written' };
  };
  /** Whether a write that comes too late may have been made before, because its answer was lost. */
  const isRepeated = { now: false };
  const peopleRegistry: PeopleRegistry = journal.port({
    create: async (user) => {
      journal.begin(`create user ${user.sub}`);
      if (stored.has(user.sub)) return { outcome: 'taken', taken: 'sub' };
      return takenBy(user) ?? write(user);
    },
    replace: async (user, before) => {
      journal.begin(`replace user ${user.sub}`);
      if (stored.get(user.sub) !== before) return { outcome: isRepeated.now ? 'unclear' : 'changed' };
      return takenBy(user) ?? write(user);
    },
    remove: async ({ sub }) => {
      journal.begin(`remove user ${sub}`);
      stored.delete(sub);
    },
    removeLeftovers: async (sub) => {
      journal.begin(`remove leftovers of ${sub}`);
      if (stored.has(sub)) return;
      for (const device of [...devices.values()]) if (device.sub === sub) devices.delete(device.deviceId);
    },
  });
  return { users: stored, logins, people, peopleRegistry, isRepeated };
}
