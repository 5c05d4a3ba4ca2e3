import { type Device, isSameEndpoint, type PushReach, type Reach } from '../../../provider/core/device/device.ts';
import { judgeTicket } from '../../../provider/core/device/enrolment-ticket.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type {
  Devices,
  Enrolments,
  PushEndpoints,
  PushMessage,
  PushOutcome,
  PushSender,
  TicketClaim,
  Tickets,
} from '../../../provider/flows/device/ports.ts';
import { DEVICE } from '../../core/given.ts';
import type { Journal } from './journal.ts';
import { keyNamed } from './signatures.ts';

/** The reach of a device behind the endpoint that a push token has. */
export const reachOf = (pushToken: string, push: PushReach['push'] = 'reachable'): PushReach => ({
  kind: 'sns',
  platform: 'GCM',
  endpointArn: `endpoint of ${pushToken}`,
  push,
});

/** A device of Ana's with a key of the same name. */
export const deviceNamed = (deviceId: string, different: Partial<Device> = {}): Device => ({
  ...DEVICE,
  deviceId,
  sub: 'ana',
  name: 'Pixel',
  reach: reachOf(deviceId),
  proof: { kind: 'device-jws', publicKey: keyNamed(deviceId) },
  ...different,
});

/** The devices of all users, by their ids. */
export function devicesIn(journal: Journal, given: readonly Device[]) {
  const stored = new Map(given.map((device) => [device.deviceId, device]));
  const devices: Devices = journal.port({
    listOf: async (sub) => {
      journal.begin(`list devices of ${sub}`);
      return [...stored.values()].filter((device) => device.sub === sub);
    },
    save: async (device) => {
      journal.begin(`save device ${device.deviceId}`);
      stored.set(device.deviceId, device);
    },
    update: async ({ sub, deviceId, move, ...change }) => {
      const changed = { ...change, ...(move && { reach: move.reach }) };
      journal.begin(`update ${Object.keys(changed)} of device ${deviceId} of ${sub}`);
      const before = stored.get(deviceId);
      if (!before) return 'gone';
      const isOther = (reach: Reach) => !isSameEndpoint(before.reach, reach);
      if (move && isOther(move.instead) && isOther(move.reach)) return 'moved';
      stored.set(deviceId, { ...before, ...changed });
      return 'changed';
    },
    markUnreachable: async ({ sub, deviceId, endpointArn }) => {
      journal.begin(`mark device ${deviceId} of ${sub}`);
      const before = stored.get(deviceId);
      if (before?.reach.kind !== 'sns' || before.reach.push === 'unreachable') return false;
      if (before.reach.endpointArn !== endpointArn) return false;
      stored.set(deviceId, { ...before, reach: { ...before.reach, push: 'unreachable' } });
      return true;
    },
    remove: async ({ deviceId }) => {
      journal.begin(`remove device ${deviceId}`);
      stored.delete(deviceId);
    },
  });
  return { stored, devices };
}

/** Push endpoints. A push token that begins with `unknown` is not one of the platform's. */
export function endpointsIn(journal: Journal): PushEndpoints {
  return journal.port({
    register: async ({ deviceId, sub, platform, pushToken }) => {
      journal.begin(`register ${platform} ${pushToken} for device ${deviceId} of ${sub}`);
      return pushToken.startsWith('unknown') ? 'refused' : { ...reachOf(pushToken), platform };
    },
    release: async ({ deviceId, reach }) => {
      journal.begin(`release ${reach.kind === 'sns' ? reach.endpointArn : 'nothing'} for device ${deviceId}`);
    },
  });
}

/** A push service. What becomes of the push to a device is told by `fates`; otherwise it is accepted. */
export function pushIn(journal: Journal) {
  const fates = new Map<string, 'outage' | 'unreachable'>();
  const rung: { message: PushMessage; now: number }[] = [];
  const outcomeFor = ({ deviceId, sub, reach }: Device): PushOutcome => {
    const fate = fates.get(deviceId);
    if (fate === 'outage') return { outcome: 'outage', error: 'Throttled' };
    const endpointArn = reach.kind === 'sns' ? reach.endpointArn : 'none';
    if (fate === 'unreachable')
      return { outcome: 'unreachable', error: 'EndpointDisabled', device: { sub, deviceId, endpointArn } };
    return { outcome: 'accepted', messageId: `push-to-${deviceId}` };
  };
  const push: PushSender = journal.port({
    send: async (devices, message, now) => {
      journal.begin(`ring ${devices.map(({ deviceId }) => deviceId).join(' and ') || 'nobody'}`);
      rung.push({ message, now });
      return devices.map(outcomeFor);
    },
  });
  return { fates, rung, push };
}

/**
 * Tickets and enrolled devices, which are part of the users. A ticket is found by its hash, even after its end.
 * `isRepeated`: an end that comes too late may have been made before.
 */
export function enrolmentsIn(journal: Journal, users: Map<string, User>, isRepeated = { now: false }) {
  const ticketOwners = new Map<string, string>();
  const change = (sub: string, allowed: (user: User) => boolean, to: (user: User) => Partial<User>): TicketClaim => {
    const user = users.get(sub);
    if (!user || !allowed(user)) return { claimed: false, user };
    users.set(sub, { ...user, ...to(user) });
    return { claimed: true };
  };
  const enrolments: Enrolments & Tickets = journal.port({
    issueTicket: async ({ owner, ticket }) => {
      journal.begin(`issue ticket for ${owner.sub}`);
      const mayHave = (user: User) => user.status === 'active' && user.profileId === owner.profileId;
      const issued = change(owner.sub, mayHave, () => ({ ticket }));
      if (issued.claimed) ticketOwners.set(ticket.hash, owner.sub);
      return issued;
    },
    findTicketOwner: async (hash) => {
      journal.begin('find owner of ticket');
      return ticketOwners.get(hash);
    },
    claimTicket: async ({ sub, hash, keyThumbprint, deviceId, now }) => {
      journal.begin(`claim ticket with ${keyThumbprint}`);
      const isUnused = (user: User) => judgeTicket(user, { hash, keyThumbprint, now }).outcome === 'unused';
      return change(sub, isUnused, ({ ticket, deviceIds }) => ({
        deviceIds: [...deviceIds, deviceId],
        ticket: ticket && { ...ticket, use: { keyThumbprint, deviceId, isReported: false } },
      }));
    },
    recordReported: async ({ sub, hash }) => {
      journal.begin('record enrolment as reported');
      const isIts = ({ ticket }: User) => ticket?.hash === hash && ticket.use !== undefined;
      change(sub, isIts, ({ ticket }) => ({
        ticket: ticket?.use && { ...ticket, use: { ...ticket.use, isReported: true } },
      }));
    },
    endTicket: async ({ sub, hash }) => {
      journal.begin(`end ticket of ${sub}`);
      const isIts = ({ ticket }: User) => ticket?.hash === hash;
      if (change(sub, isIts, () => ({ ticket: undefined })).claimed) return 'ended';
      return isRepeated.now ? 'unclear' : 'changed';
    },
    withdraw: async ({ sub, deviceId }) => {
      journal.begin(`withdraw device ${deviceId}`);
      change(
        sub,
        () => true,
        ({ ticket, deviceIds }) => ({
          deviceIds: deviceIds.filter((one) => one !== deviceId),
          ticket: ticket?.use?.deviceId === deviceId ? undefined : ticket,
        }),
      );
    },
  });
  return { enrolments, tickets: enrolments, ticketOwners };
}
