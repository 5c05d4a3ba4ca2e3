import { createClient, removeClient, updateClient } from '../../../provider/flows/client/manage-clients.ts';
import {
  createTicket,
  createUser,
  endTickets,
  removeUser,
  removeUserDevice,
  updateUser,
} from '../../../provider/flows/person/manage-users.ts';
import { decidingWorld } from '../deciding/given.ts';
import { ANA_WITH_TICKET, deviceWorld } from '../device/given.ts';
import { keyIn, keysWorld } from '../keys/given.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { deviceNamed, devicesIn, endpointsIn, enrolmentsIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { startWorld } from '../world/world.ts';

// Every flow that changes what is stored, each in a world of its own, with what it changes.

type World = ReturnType<typeof startWorld>;
/** A flow that is ready to run. `state` shows what it may change. */
type Started = Pick<World, 'journal' | 'trail' | 'store'> & { run(): Promise<unknown>; state(): unknown };
/** A flow by its name, and whether it only takes rights away. */
export type ChangingFlow = { readonly name: string; readonly takesAway?: true; start(): Started };

const entries = (...maps: readonly ReadonlyMap<string, unknown>[]) => maps.map((map) => [...map]);
const BY = 'operator';

function clients(run: (ports: Parameters<typeof createClient>[0]) => Promise<unknown>): Started {
  const world = startWorld();
  const { clientRegistry, stored } = clientsIn(world.journal, [BANK]);
  const ports = { ...world.ports, clientRegistry };
  return { ...world, run: () => run(ports), state: () => entries(stored) };
}

function users(run: (ports: Parameters<typeof createUser>[0]) => Promise<unknown>): Started {
  const world = startWorld();
  const { journal } = world;
  const people = peopleIn(journal, [ANA_WITH_TICKET]);
  const { devices, stored } = devicesIn(journal, [deviceNamed('phone'), deviceNamed('tablet')]);
  const { enrolments } = enrolmentsIn(journal, people.users);
  const ports = { ...world.ports, ...people, devices, enrolments, endpoints: endpointsIn(journal) };
  return { ...world, run: () => run(ports), state: () => entries(people.users, stored) };
}

function phones(run: (world: ReturnType<typeof deviceWorld>) => Promise<unknown>): Started {
  const world = deviceWorld();
  return { ...world, run: () => run(world), state: () => entries(world.users, world.devices) };
}

function keys(run: (world: ReturnType<typeof keysWorld>) => Promise<unknown>): Started {
  const world = keysWorld([keyIn('active', 'old'), keyIn('next', 'young')]);
  return { ...world, run: () => run(world), state: () => entries(world.stored) };
}

function answers(decision: 'approve' | 'deny'): Started {
  const world = decidingWorld({ details: { notifiedClient: 'bank' } });
  return { ...world, run: () => world.answer('phone', { decision }), state: () => entries(world.requests) };
}

/** The flows, by the names of their functions. */
export const CHANGING_FLOWS: readonly ChangingFlow[] = [
  { name: 'answerRequest: approve', start: () => answers('approve') },
  { name: 'answerRequest: deny', takesAway: true, start: () => answers('deny') },
  {
    name: 'createClient',
    start: () => clients((ports) => createClient(ports, { client_name: 'Shop' }, BY)),
  },
  {
    name: 'updateClient',
    start: () =>
      clients((ports) =>
        updateClient(ports, { clientId: 'bank', metadata: { client_name: 'Other' }, newSecret: true, by: BY }),
      ),
  },
  { name: 'removeClient', takesAway: true, start: () => clients((ports) => removeClient(ports, 'bank', BY)) },
  { name: 'createUser', start: () => users((ports) => createUser(ports, { name: 'Bo' }, BY)) },
  {
    name: 'updateUser: block',
    takesAway: true,
    start: () => users((ports) => updateUser(ports, { sub: 'ana', profile: { blocked: true }, by: BY })),
  },
  {
    name: 'updateUser: block, and an address',
    start: () =>
      users((ports) =>
        updateUser(ports, { sub: 'ana', profile: { blocked: true, email: 'other@example.com' }, by: BY }),
      ),
  },
  {
    name: 'updateUser: a name',
    start: () => users((ports) => updateUser(ports, { sub: 'ana', profile: { name: 'Other' }, by: BY })),
  },
  { name: 'removeUser', takesAway: true, start: () => users((ports) => removeUser(ports, 'ana', BY)) },
  {
    name: 'removeUserDevice',
    takesAway: true,
    start: () => users((ports) => removeUserDevice(ports, { sub: 'ana', deviceId: 'phone', by: BY })),
  },
  { name: 'createTicket', start: () => users((ports) => createTicket(ports, 'ana', BY)) },
  { name: 'endTickets', takesAway: true, start: () => users((ports) => endTickets(ports, 'ana', BY)) },
  { name: 'enrolDevice', start: () => phones(({ enrol }) => enrol('new')) },
  {
    name: 'updateDevice',
    start: () => phones(({ update }) => update({ name: 'Renamed', push_token: 'fresh' })),
  },
  { name: 'removeDevice', takesAway: true, start: () => phones(({ remove }) => remove()) },
  { name: 'rotateKeys', start: () => keys(({ rotate }) => rotate(true)) },
  { name: 'revokeKey', takesAway: true, start: () => keys(({ revoke }) => revoke('old')) },
];
