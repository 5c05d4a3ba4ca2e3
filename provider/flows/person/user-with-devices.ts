import { enrolledDevices, type UserWithDevices } from '../../core/person/user.ts';
import type { Devices } from '../device/ports.ts';
import type { People } from './ports.ts';

/** What this step needs. */
export type FindUserPorts = { readonly people: People; readonly devices: Pick<Devices, 'listOf'> };

/**
 * Finds a user with all enrolled devices. It asks for both at the same time, so that one adapter can answer both from one read.
 */
export async function findUserWithDevices(
  { people, devices }: FindUserPorts,
  sub: string,
): Promise<UserWithDevices | undefined> {
  const [user, stored] = await Promise.all([people.find(sub), devices.listOf(sub)]);
  return user && { user, devices: enrolledDevices(user, stored) };
}
