import type { Device } from '../../../provider/core/device/device.ts';
import type { MemberChange } from '../../../provider/core/member-change.ts';
import type { UserProfile } from '../../../provider/core/person/profile.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { ManageTicketsPorts } from '../../../provider/flows/device/manage-tickets.ts';
import type { ManageUserCodePorts } from '../../../provider/flows/person/manage-user-code.ts';
import { type ManageUsersPorts, updateUser } from '../../../provider/flows/person/manage-users.ts';
import { deviceNamed, devicesIn, endpointsIn, enrolmentsIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { userCodesIn } from '../world/user-codes.ts';
import { ANA, startWorld } from '../world/world.ts';

/** Ana with two phones, and an operator who changes her. */
export function usersWorld(users: User[] = [ANA], given: Device[] = [deviceNamed('phone'), deviceNamed('tablet')]) {
  const world = startWorld();
  const { journal } = world;
  const { devices, stored } = devicesIn(journal, given);
  const { codes, userCodes, userCodeHashes } = userCodesIn(journal);
  const people = peopleIn(journal, users, { devices: stored, codes });
  const { enrolments, tickets, ticketOwners } = enrolmentsIn(journal, people.users);
  const ports: ManageUsersPorts & ManageTicketsPorts & ManageUserCodePorts = {
    ...world.ports,
    userCodes,
    userCodeHashes,
    people: people.people,
    peopleRegistry: people.peopleRegistry,
    devices,
    enrolments,
    tickets,
    endpoints: endpointsIn(journal),
  };
  const update = (profile: MemberChange<UserProfile>) => updateUser(ports, { sub: 'ana', profile, by: 'operator' });
  return {
    ...world,
    ports,
    codes,
    users: people.users,
    isRepeated: people.isRepeated,
    devices: stored,
    ticketOwners,
    update,
  };
}
