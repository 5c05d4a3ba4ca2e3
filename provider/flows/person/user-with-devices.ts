import { enrolledDevices, type UserWithBlocks } from '../../core/person/user.ts';
import { userCodeOf } from '../../core/person/user-code.ts';
import type { Devices } from '../device/ports.ts';
import type { People } from './ports.ts';

/** What this step needs. */
export type FindUserPorts = { readonly people: People; readonly devices: Pick<Devices, 'listOf'> };

/**
 * Finds a user with all enrolled devices and all clients that they denied, and their code. It asks for all at the same
 * time, so that one adapter can answer from one read.
 */
export async function findUserWithDevices(
  { people, devices }: FindUserPorts,
  sub: string,
): Promise<UserWithBlocks | undefined> {
  const [user, stored, blocks, code] = await Promise.all([
    people.find(sub),
    devices.listOf(sub),
    people.listBlocks(sub),
    people.findUserCode(sub),
  ]);
  return user && { user, devices: enrolledDevices(user, stored), blocks, userCode: userCodeOf(code, user) };
}
