import { changesOfClient } from '../../../provider/core/client/client-change.ts';
import type { Device } from '../../../provider/core/device/device.ts';
import type { AuditEvent } from '../../../provider/core/operating/audit-event.ts';
import { changesOfUser } from '../../../provider/core/person/profile.ts';
import type { State } from './changing-worlds.ts';

// What must be true of the stored state when the audit trail says that a change was made.

/** Returns whether an event that is told as done is true, from the state before the change and the state then. */
export function isTrue(event: AuditEvent, before: State, now: State): boolean {
  switch (event.event) {
    case 'decision_recorded':
      return isDecided(event, now);
    case 'client_blocked':
      return now.blocks[`${event.sub} ${event.clientId}`]?.report?.requestId === event.requestId;
    case 'client_unblocked':
      return now.blocks[`${event.sub} ${event.clientId}`] === undefined && !isSame(before.blocks, now.blocks);
    case 'client_created':
    case 'client_updated': {
      const client = now.clients[event.clientId];
      return client !== undefined && isSame(event.changed, changesOfClient(before.clients[event.clientId], client));
    }
    case 'user_created':
    case 'user_updated': {
      const user = now.users[event.sub];
      return user !== undefined && isSame(event.changed, changesOfUser(before.users[event.sub], user));
    }
    case 'device_updated':
      return isNamed(event.changed, before.devices[event.deviceId], now.devices[event.deviceId]);
    case 'client_removed':
      return before.clients[event.clientId] !== undefined && now.clients[event.clientId] === undefined;
    case 'user_removed':
      return before.users[event.sub] !== undefined && now.users[event.sub] === undefined;
    case 'user_exported':
    case 'evidence_keys_read':
      return isSame(before, now);
    case 'user_erased':
      return isErased(event, before, now);
    case 'ticket_created':
      return now.users[event.sub]?.ticket !== undefined && !isSame(before.users, now.users);
    case 'ticket_ended':
      return before.users[event.sub]?.ticket !== undefined && now.users[event.sub]?.ticket === undefined;
    default:
      return isTrueOfDevice(event, before, now);
  }
}

function isTrueOfDevice(
  event: Exclude<AuditEvent, { event: 'decision_recorded' }>,
  before: State,
  now: State,
): boolean {
  switch (event.event) {
    case 'device_enrolled':
      return isEnrolled(event, now) && now.devices[event.deviceId] !== undefined;
    case 'device_removed':
      // A leftover was not enrolled before either.
      return before.devices[event.deviceId] !== undefined && !isEnrolled(event, now);
    case 'signing_key_created':
      return before.keys[event.kid] === undefined && now.privateHalves[event.kid] === true;
    case 'signing_key_activated':
      return before.keys[event.kid]?.state === 'next' && now.keys[event.kid]?.state === 'active';
    case 'signing_key_retired':
      return before.keys[event.kid]?.state === 'active' && now.keys[event.kid]?.state === 'retiring';
    case 'signing_key_removed':
      return now.keys[event.kid]?.state === 'gone' && !now.privateHalves[event.kid];
    case 'signing_key_public_half_deleted':
      return before.keys[event.kid] !== undefined && now.keys[event.kid] === undefined;
    case 'delivery_key_created':
      return before.deliveryKeys[event.kid] === undefined && now.deliveryKeys[event.kid] !== undefined;
    case 'delivery_key_removed':
      return before.deliveryKeys[event.kid] !== undefined && now.deliveryKeys[event.kid] === undefined;
    case 'user_code_set':
      return now.userCodes[event.sub]?.hash === 'hash of 0815' && !isSame(before.userCodes, now.userCodes);
    case 'user_code_removed':
      return before.userCodes[event.sub] !== undefined && now.userCodes[event.sub] === undefined;
    case 'log_level_changed':
      return isSame(now.logLevels['now'], { level: event.level, until: event.until });
    case 'signing_key_revoked':
      return now.keys[event.kid]?.state === 'revoked' && !now.privateHalves[event.kid];
    default:
      // It is no outcome of a change.
      return false;
  }
}

function isEnrolled({ sub, deviceId }: { sub: string; deviceId: string }, { users }: State): boolean {
  return users[sub]?.deviceIds.includes(deviceId) === true;
}

/** Nothing of these profiles is left; and nothing of the subject, if the last of them was there until the end. */
function isErased(
  { sub, profileIds }: Extract<AuditEvent, { event: 'user_erased' }>,
  before: State,
  now: State,
): boolean {
  const isErasedProfile = (id: string | undefined) => id !== undefined && profileIds.includes(id);
  const kept = Object.values(now.kept);
  if (kept.some((one) => isErasedProfile(one.profileId)) || isErasedProfile(now.users[sub]?.profileId)) return false;
  // Otherwise the rest belongs to whoever removed the user, or has the subject by now.
  if (!isErasedProfile(before.users[sub]?.profileId)) return true;
  const others = kept.filter((one) => one.profileId === undefined);
  return ![...Object.values(now.devices), ...others].some((one) => one.sub === sub);
}

function isDecided(
  { requestId, deviceId, decision }: Extract<AuditEvent, { event: 'decision_recorded' }>,
  { requests }: State,
): boolean {
  const request = requests[requestId];
  if (decision === 'deny') return request?.state === 'denied' && request.deviceId === deviceId;
  return request?.state === 'approved' && request.grant.deviceId === deviceId;
}

/** Every member that is another now is named. The push token may be named when it was handed in again. */
function isNamed(changed: readonly { member: string }[], before: Device | undefined, now: Device | undefined): boolean {
  if (!before || !now) return false;
  const named = new Set(changed.map(({ member }) => member));
  const isRenamed = before.name !== now.name;
  return named.has('name') === isRenamed && (named.has('push_token') || isSame(before.reach, now.reach));
}

function isSame(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
