import { isNamedBy, namesIn } from '../../core/asking/hint.ts';
import { parseLoginHint } from '../../core/asking/login-hint.ts';
import { type Device, type DeviceView, viewDevice } from '../../core/device/device.ts';
import type { MemberChange } from '../../core/member-change.ts';
import type { AuditEvent } from '../../core/operating/audit-event.ts';
import { checkUnreserved } from '../../core/operating/reserved.ts';
import {
  changesOfUser,
  changeUser,
  registerUser,
  type ShownUserView,
  type UserProfile,
  type UserView,
  viewUser,
} from '../../core/person/profile.ts';
import { isSamePerson, type User } from '../../core/person/user.ts';
import { userCodeOf } from '../../core/person/user-code.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { Devices, Enrolments, PushEndpoints } from '../device/ports.ts';
import { type AuditedPorts, auditedChange, type RecordDone, type RecordUnclear } from '../operating/audited-change.ts';
import type { Entropy, Settings } from '../ports.ts';
import type { People, PeopleRegistry, UserWritten } from './ports.ts';

/** What this flow needs. */
export type ManageUsersPorts = AuditedPorts & {
  readonly peopleRegistry: PeopleRegistry;
  readonly people: People;
  readonly devices: Devices;
  readonly enrolments: Pick<Enrolments, 'withdraw'>;
  readonly endpoints: Pick<PushEndpoints, 'release'>;
  readonly entropy: Entropy;
  readonly settings: Settings;
};

const NO_USER = refuse({ reason: 'not_found', what: 'user' });
/** How often a change is applied again to a user that other calls changed in the meantime. */
const UPDATE_ROUNDS = 5;
/** The member of the profile for a kind of login identifier, where their names differ. */
const MEMBER_OF: Readonly<Record<string, string>> = { phone: 'phone_number', username: 'preferred_username' };

/** Creates a user. The provider makes a subject unless one is given. */
export async function createUser(ports: ManageUsersPorts, profile: UserProfile, by: string): Promise<Result<UserView>> {
  const unreserved = checkUnreserved(profile.sub);
  if (!unreserved.ok) return unreserved;
  const profileId = ports.entropy.id();
  const registered = registerUser(profile, { sub: profile.sub ?? ports.entropy.id(), profileId });
  if (!registered.ok) return registered;
  const user = { ...registered.value, createdAt: ports.clock() };
  const changed = changesOfUser(undefined, user);
  return auditedChange(ports, { event: { event: 'user_created', sub: user.sub, changed, by } }, async () => {
    const created = await ports.peopleRegistry.create(user);
    return created.outcome === 'written' ? ok(viewUser(user)) : conflict(created);
  });
}

/** Finds a user by `sub`, or by any text that a client may send as `login_hint`. */
export async function findUser(
  ports: ManageUsersPorts,
  by: { sub: string } | { loginHint: string },
): Promise<Result<ShownUserView>> {
  const found = 'sub' in by ? await ports.people.find(by.sub) : await findHinted(ports, by.loginHint);
  if (!found) return NO_USER;
  const code = userCodeOf(await ports.people.findUserCode(found.sub), found);
  return ok({ ...viewUser(found), ...(code && { user_code_set_at: code.setAt }) });
}

/**
 * Refuses a write: another user has the identifier, which is named as in the profile, or other calls kept changing the
 * user.
 */
function conflict(written: Exclude<UserWritten, { outcome: 'written' }>): Result<never> {
  const what = written.outcome === 'taken' ? (MEMBER_OF[written.taken] ?? written.taken) : 'changed';
  return refuse({ reason: 'conflict', what });
}

/** Lists the user's devices, and leftovers of devices, which are marked. */
export async function listUserDevices(
  ports: ManageUsersPorts,
  sub: string,
): Promise<Result<{ devices: readonly DeviceView[] }>> {
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.devices.listOf(sub)]);
  if (!user) return NO_USER;
  const isLeftover = ({ deviceId }: Device) => !user.deviceIds.includes(deviceId);
  return ok({ devices: stored.map((one) => ({ ...viewDevice(one), ...(isLeftover(one) && { leftover: true }) })) });
}

/**
 * Finds the user that a hint names. A malformed hint finds no user, and neither does an identifier that its user gave
 * up: it may be stored still, because its deletion failed.
 */
async function findHinted(ports: ManageUsersPorts, loginHint: string): Promise<User | undefined> {
  const hint = parseLoginHint(loginHint, ports.settings);
  if (!hint.ok) return undefined;
  const named = await Promise.all(
    namesIn(hint.value).map((name) => (name.kind === 'sub' ? name.sub : ports.people.resolve(name.identifier))),
  );
  const [sub, ...others] = new Set(named.filter((one) => one !== undefined));
  const found = sub === undefined || others.length > 0 ? undefined : await ports.people.find(sub);
  return found && isNamedBy(found, hint.value) ? found : undefined;
}

/** Changes the members that are given and keeps the others. Null removes a member. */
export async function updateUser(
  ports: ManageUsersPorts,
  change: { sub: string; profile: MemberChange<UserProfile>; by: string },
): Promise<Result<UserView>> {
  const before = await ports.people.find(change.sub);
  if (!before) return NO_USER;
  const planned = changeUser(before, change.profile);
  if (!planned.ok) return planned;
  const event = updated(change, before, planned.value);
  return auditedChange(ports, { event, takesAway: isBlock(change.profile) }, (done, unclear) =>
    replaceUser({ ...ports, done, unclear }, change, { before, first: before, rounds: UPDATE_ROUNDS }),
  );
}

/** Whether a change does no more than block the user. */
function isBlock(profile: MemberChange<UserProfile>): boolean {
  return profile.blocked === true && Object.keys(profile).length === 1;
}

function updated({ sub, by }: { sub: string; by: string }, before: User, user: User): AuditEvent {
  return { event: 'user_updated', sub, changed: changesOfUser(before, user), by };
}

/**
 * Applies the change to the user as it was read. If other calls changed the user meanwhile, it reads again, but never
 * changes another person who got the same `sub`. A change that perhaps was made already is not made again: another
 * operator may have set it back.
 */
async function replaceUser(
  ports: ManageUsersPorts & { readonly done: RecordDone; readonly unclear: RecordUnclear },
  change: { sub: string; profile: MemberChange<UserProfile>; by: string },
  { before, first, rounds }: { before: User; first: User; rounds: number },
): Promise<Result<UserView>> {
  const user = changeUser(before, change.profile);
  if (!user.ok) return user;
  const replaced = await ports.peopleRegistry.replace(user.value, before);
  if (replaced.outcome === 'changed' && rounds > 1) {
    const again = await ports.people.find(change.sub);
    if (!again || !isSamePerson(again, before)) return NO_USER;
    return replaceUser(ports, change, { before: again, first, rounds: rounds - 1 });
  }
  if (replaced.outcome === 'unclear') return ports.unclear(conflict(replaced));
  if (replaced.outcome !== 'written') return conflict(replaced);
  // An earlier round may have written the change although its answer was lost. Then only the first reading shows it.
  const isRepeated = changesOfUser(before, user.value).length === 0;
  await ports.done(updated(change, isRepeated ? first : before, user.value));
  return ok(viewUser(user.value));
}

/**
 * Removes a user with all devices. The profile is removed first, so that the user cannot be asked in the meantime. The
 * devices are removed last, because only they name their push endpoints. If an earlier removal broke off, this one
 * removes the devices that it left.
 */
export async function removeUser(ports: ManageUsersPorts, sub: string, by: string): Promise<Result<true>> {
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.devices.listOf(sub)]);
  if (!user) return removeLeftovers(ports, stored, by);
  const event = { event: 'user_removed', sub, by } as const;
  return auditedChange(ports, { event, takesAway: true }, async (done) => {
    await ports.peopleRegistry.remove(user);
    await done(event);
    await Promise.all(stored.map((device) => ports.endpoints.release(device)));
    await ports.peopleRegistry.removeLeftovers(sub);
    return ok(true);
  });
}

/** Removes devices whose user is gone. */
async function removeLeftovers(ports: ManageUsersPorts, devices: readonly Device[], by: string): Promise<Result<true>> {
  if (devices.length === 0) return NO_USER;
  for (const device of devices) {
    const removed = await withdrawDevice(ports, device, by);
    if (!removed.ok) return removed;
  }
  return ok(true);
}

/** Removes one device of a user, for example a lost phone, or a leftover. */
export async function removeUserDevice(
  ports: ManageUsersPorts,
  target: { sub: string; deviceId: string; by: string },
): Promise<Result<true>> {
  const { sub, deviceId, by } = target;
  const [user, stored] = await Promise.all([ports.people.find(sub), ports.devices.listOf(sub)]);
  const device = user && stored.find((one) => one.deviceId === deviceId);
  return device ? withdrawDevice(ports, device, by) : refuse({ reason: 'not_found', what: 'device' });
}

/**
 * The device stops counting, and the ticket that enrolled it ends, before anything is deleted. If the call breaks off
 * after that, the device is a leftover. It still names its push endpoint then, which goes before it.
 */
async function withdrawDevice(ports: ManageUsersPorts, device: Device, by: string): Promise<Result<true>> {
  const { sub, deviceId } = device;
  const event = { event: 'device_removed', sub, deviceId, by } as const;
  return auditedChange(ports, { event, takesAway: true }, async (done) => {
    await ports.enrolments.withdraw({ sub, deviceId });
    await done(event);
    await ports.endpoints.release(device);
    await ports.devices.remove(device);
    return ok(true);
  });
}
