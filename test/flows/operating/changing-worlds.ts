import type { Client } from '../../../provider/core/client/client.ts';
import type { AuthenticationRequest } from '../../../provider/core/deciding/authentication-request.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { DeliveryKey } from '../../../provider/core/keys/delivery-key.ts';
import type { SigningKey } from '../../../provider/core/keys/signing-key.ts';
import { DEFAULTS } from '../../../provider/core/operating/defaults.ts';
import type { LogLevelSetting } from '../../../provider/core/operating/log-level.ts';
import type { ClientBlock } from '../../../provider/core/person/client-block.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { UserCode } from '../../../provider/core/person/user-code.ts';
import type { ManageClientsPorts } from '../../../provider/flows/client/manage-clients.ts';
import type { ManageTicketsPorts } from '../../../provider/flows/device/manage-tickets.ts';
import type { ManageLogLevelPorts } from '../../../provider/flows/operating/manage-log-level.ts';
import type { ManageBlocksPorts } from '../../../provider/flows/person/manage-blocks.ts';
import type { ManageUserCodePorts } from '../../../provider/flows/person/manage-user-code.ts';
import type { ManageUsersPorts } from '../../../provider/flows/person/manage-users.ts';
import { approvedRequest, NOW } from '../../core/given.ts';
import { decidingWorld, REQUEST_ID } from '../deciding/given.ts';
import { ANA_WITH_TICKET, deviceWorld } from '../device/given.ts';
import { deliveryKeysWorld, keyIn, keysWorld } from '../keys/given.ts';
import { recordsWorld } from '../person/records-given.ts';
import { blocksIn } from '../world/blocks.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { deviceNamed, devicesIn, endpointsIn, enrolmentsIn, reachOf } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { CODE_OF_ANA, userCodesIn } from '../world/user-codes.ts';
import { ANA, startWorld } from '../world/world.ts';

// The worlds of flows that change what is stored. Each shows its state, and may let something happen in between.

/** What a flow may change. */
export type State = {
  readonly clients: Readonly<Record<string, Client>>;
  readonly users: Readonly<Record<string, User>>;
  readonly devices: Readonly<Record<string, Device>>;
  readonly keys: Readonly<Record<string, SigningKey>>;
  /** The keys whose private half is there. */
  readonly privateHalves: Readonly<Record<string, true>>;
  readonly requests: Readonly<Record<string, AuthenticationRequest>>;
  readonly deliveryKeys: Readonly<Record<string, DeliveryKey>>;
  /** What else is kept of persons, by its name. */
  readonly kept: Readonly<Record<string, { readonly sub: string; readonly profileId?: string }>>;
  /** The one log level, under the name `now`, if it was set. */
  readonly logLevels: Readonly<Record<string, LogLevelSetting>>;
  /** What denials did, by person and client. */
  readonly blocks: Readonly<Record<string, ClientBlock>>;
  readonly userCodes: Readonly<Record<string, UserCode>>;
};
type World = ReturnType<typeof startWorld>;
/** A flow that is ready to run. */
export type Started = Pick<World, 'journal' | 'trail' | 'store'> & { run(): Promise<unknown>; state(): State };
const NOTHING: State = {
  clients: {},
  users: {},
  devices: {},
  keys: {},
  privateHalves: {},
  deliveryKeys: {},
  requests: {},
  kept: {},
  logLevels: {},
  blocks: {},
  userCodes: {},
};

/** What happens once, right before a call that begins like this. */
type Meanwhile = readonly [call: string, happens: () => void];

function once({ journal }: Pick<World, 'journal'>, meanwhile: Meanwhile | undefined): void {
  if (!meanwhile) return;
  const [call, happens] = meanwhile;
  let hasHappened = false;
  journal.meanwhile(call, () => {
    if (!hasHappened) happens();
    hasHappened = true;
  });
}

const objectOf = <Value>(map: ReadonlyMap<string, Value>): Record<string, Value> => Object.fromEntries(map);

/** What comes in between. `isRepeated`: a write that comes too late may have been made before that. */
type Given<Value> = { meanwhile?: (stored: Map<string, Value>) => Meanwhile; isRepeated?: true };

/** A flow over clients: the bank is registered. */
export function clients(run: (ports: ManageClientsPorts) => Promise<unknown>, given: Given<Client> = {}): Started {
  const world = startWorld();
  const { clientRegistry, stored, isRepeated } = clientsIn(world.journal, [BANK]);
  const ports = { ...world.ports, clientRegistry };
  isRepeated.now = given.isRepeated === true;
  once(world, given.meanwhile?.(stored));
  return { ...world, run: () => run(ports), state: () => ({ ...NOTHING, clients: objectOf(stored) }) };
}

/** A flow over users: there is Ana, with two phones and a ticket, or the phones are left of her. */
export function users(
  run: (ports: ManageUsersPorts & ManageTicketsPorts) => Promise<unknown>,
  given: Given<User> & { ana?: User; isRemoved?: true } = {},
): Started {
  const world = startWorld();
  const { journal } = world;
  const { devices, stored } = devicesIn(journal, [deviceNamed('phone'), deviceNamed('tablet')]);
  const people = peopleIn(journal, given.isRemoved ? [] : [given.ana ?? ANA_WITH_TICKET], { devices: stored });
  const { enrolments, tickets } = enrolmentsIn(journal, people.users, people.isRepeated);
  const ports = { ...world.ports, ...people, devices, enrolments, tickets, endpoints: endpointsIn(journal) };
  people.isRepeated.now = given.isRepeated === true;
  once(world, given.meanwhile?.(people.users));
  const state = () => ({ ...NOTHING, users: objectOf(people.users), devices: objectOf(stored) });
  return { ...world, run: () => run(ports), state };
}

/** A flow over the log level: it is debug. */
export function levels(run: (ports: ManageLogLevelPorts) => Promise<unknown>): Started {
  const world = startWorld();
  const { journal } = world;
  let now: LogLevelSetting = { level: 'debug', until: NOW + 60 };
  const logLevels = journal.port({
    read: async () => now,
    record: async (setting: LogLevelSetting) => {
      journal.begin(`record log level ${setting.level}`);
      now = setting;
    },
  });
  const ports = { ...world.ports, logLevels };
  return { ...world, run: () => run(ports), state: () => ({ ...NOTHING, logLevels: { now } }) };
}

/** A flow over the blocks of clients: Ana reported the bank. */
export function blocks(run: (ports: ManageBlocksPorts) => Promise<unknown>, given: Given<ClientBlock> = {}): Started {
  const world = startWorld();
  const { journal } = world;
  const { blocks: stored, blockEnds } = blocksIn(journal, [{ ...REPORTED, sub: 'ana' }]);
  const { people } = peopleIn(journal, [ANA], { blocks: stored });
  once(world, given.meanwhile?.(stored));
  const state = () => ({ ...NOTHING, blocks: objectOf(stored) });
  return { ...world, run: () => run({ ...world.ports, people, blockEnds }), state };
}

/** A flow over user codes: Ana has one. */
export function userCodes(
  run: (ports: ManageUserCodePorts) => Promise<unknown>,
  given: Given<UserCode> & { hasNone?: true } = {},
): Started {
  const world = startWorld();
  const { journal } = world;
  const { codes, ...ports } = userCodesIn(journal, given.hasNone ? [] : [['ana', CODE_OF_ANA]]);
  const { people } = peopleIn(journal, [ANA], { codes });
  once(world, given.meanwhile?.(codes));
  const state = () => ({ ...NOTHING, userCodes: objectOf(codes) });
  return { ...world, run: () => run({ ...world.ports, ...ports, people }), state };
}

/** A client that Ana reported. */
export const REPORTED: ClientBlock = {
  clientId: 'bank',
  registrationId: 'registration-1',
  profileId: 'profile-1',
  report: { at: 1, requestId: 'request-1' },
  denials: 1,
  deniedAt: 1,
};

type DeviceWorld = ReturnType<typeof deviceWorld>;

/** A flow of Ana's phone, or of a new one that has her ticket. */
export function phones(
  run: (world: DeviceWorld) => Promise<unknown>,
  given: Parameters<typeof deviceWorld>[0] & { meanwhile?: (world: DeviceWorld) => Meanwhile } = {},
): Started {
  const world = deviceWorld(given);
  once(world, given.meanwhile?.(world));
  const state = () => ({
    ...NOTHING,
    users: objectOf(world.users),
    devices: objectOf(world.devices),
    userCodes: objectOf(world.codes),
  });
  return { ...world, run: () => run(world), state };
}

type KeysWorld = ReturnType<typeof keysWorld>;

/** A flow over the keys of RS256. */
export function keys(
  run: (world: KeysWorld) => Promise<unknown>,
  { given = STEADY, meanwhile }: { given?: readonly SigningKey[]; meanwhile?: (world: KeysWorld) => Meanwhile } = {},
): Started {
  const world = given.length === 0 ? keysWorld([], []) : keysWorld(given);
  once(world, meanwhile?.(world));
  const halves = () => Object.fromEntries([...world.privateHalves].map((kid) => [kid, true as const]));
  const state = () => ({ ...NOTHING, keys: objectOf(world.stored), privateHalves: halves() });
  return { ...world, run: () => run(world), state };
}

type DeliveryKeysWorld = ReturnType<typeof deliveryKeysWorld>;

/** The rotation of delivery keys. */
export function deliveryKeys(
  given: readonly DeliveryKey[],
  meanwhile?: (world: DeliveryKeysWorld) => Meanwhile,
): Started {
  const world = deliveryKeysWorld(given);
  once(world, meanwhile?.(world));
  const state = () => {
    const keys = [...world.stored.values()];
    return { ...NOTHING, deliveryKeys: Object.fromEntries(keys.map((key) => [key.kid, key])) };
  };
  return { ...world, run: world.rotate, state };
}

export const STEADY = [keyIn('active', 'old'), keyIn('next', 'young')];

type RecordsWorld = ReturnType<typeof recordsWorld>;

/** A flow over everything that is kept of Ana, and of an earlier person who had her subject. */
export function records(
  run: (ports: RecordsWorld['ports']) => Promise<unknown>,
  meanwhile?: (world: RecordsWorld) => Meanwhile,
): Started {
  const world = recordsWorld();
  once(world, meanwhile?.(world));
  const state = () => ({
    ...NOTHING,
    users: objectOf(world.users),
    devices: objectOf(world.devices),
    kept: world.kept(),
  });
  return { ...world, run: () => run(world.ports), state };
}

/** An answer of Ana's phone, whose client is to be notified. `isFirst`: she has no evidence key yet. */
export function answers(
  decision: 'approve' | 'deny',
  given: {
    request?: AuthenticationRequest;
    meanwhile?: AuthenticationRequest;
    reason?: string;
    isFirst?: true;
  } = {},
): Started {
  const { reason } = given;
  const world = decidingWorld({
    ...(given.request && { request: given.request }),
    ...(given.isFirst && { evidenceKeys: [] }),
    details: { notifiedClient: 'bank' },
    settings: { denialPause: DEFAULTS.denialPause },
  });
  const { meanwhile } = given;
  once(world, meanwhile && ['record', () => world.requests.set(REQUEST_ID, meanwhile)]);
  const state = () => ({ ...NOTHING, requests: objectOf(world.requests), blocks: objectOf(world.blocks) });
  return { ...world, run: () => world.answer('phone', { decision, ...(reason && { reason }) }), state };
}

/** The request after a device approved it. */
export const approvedBy = (deviceId: string): AuthenticationRequest => {
  const approved = approvedRequest({ requestId: REQUEST_ID, sub: 'ana' });
  return { ...approved, grant: { ...approved.grant, deviceId } };
};
/** Ana, after her ticket was used with the key of the new phone. */
export const enrolledAs = (deviceId: string, isReported: boolean, name = 'new'): User => ({
  ...ANA_WITH_TICKET,
  deviceIds: [...ANA.deviceIds, deviceId],
  ticket: ANA_WITH_TICKET.ticket && {
    ...ANA_WITH_TICKET.ticket,
    use: { keyThumbprint: `thumbprint of ${name}`, deviceId, isReported },
  },
});
/** The new phone, as another call of it was enrolled. */
export const MINE = deviceNamed('mine', { proof: deviceNamed('new').proof, reach: reachOf('token-0') });
/** Another call enrols the new phone, or another phone, while this one is about to use the ticket. */
export const enrolsFirst =
  (user: User) =>
  ({ users: all, devices }: DeviceWorld): Meanwhile => [
    'claim ticket',
    () => {
      all.set('ana', user);
      devices.set('mine', MINE);
    },
  ];
