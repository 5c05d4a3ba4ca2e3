import {
  type Device,
  hasSameVerificationKey,
  isOtherEndpoint,
  type Proof,
  reachable,
} from '../../core/device/device.ts';
import type { EnrolmentClaims } from '../../core/device/device-token.ts';
import { judgeTicket, type TicketUse } from '../../core/device/enrolment-ticket.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { sha256 } from '../../core/digest.ts';
import type { AuditEvent } from '../../core/operating/audit-event.ts';
import type { UserWithDevices } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import { type AuditedPorts, auditedChange, type RecordDone } from '../operating/audited-change.ts';
import type { EvidenceKeys, People } from '../person/ports.ts';
import { findUserWithDevices } from '../person/user-with-devices.ts';
import type { Entropy, Note } from '../ports.ts';
import { type VerifyEnrolmentPorts, verifyEnrolment } from './enrolment/verify-enrolment.ts';
import type { Devices, Enrolments, PushEndpoints, PushSender } from './ports.ts';

/** What this flow needs. */
export type EnrolPorts = AuditedPorts &
  VerifyEnrolmentPorts & {
    readonly people: People;
    readonly devices: Devices;
    readonly enrolments: Enrolments;
    readonly evidenceKeys: EvidenceKeys;
    readonly endpoints: PushEndpoints;
    readonly push: PushSender;
    readonly entropy: Entropy;
  };
/**
 * What the phone receives: its device id, its user, the issuer, and whether it was enrolled with a verification key. A
 * phone that was given another issuer refuses it.
 */
export type Enrolment = {
  readonly device_id: string;
  readonly sub: string;
  readonly issuer: string;
  readonly verification_key?: true;
};

const NOT_USABLE = refuse({ reason: 'ticket_not_usable' });
const MOVED = refuse({ reason: 'conflict', what: 'device' });
/** Seconds within which the user's other phones should receive the news of a new device. */
const NEW_DEVICE_NOTICE_SECONDS = 3600;

/** A phone that presents a ticket which is good for it, and what is then true of its user. */
type Presented = {
  readonly owner: UserWithDevices;
  readonly proof: Proof;
  readonly claims: EnrolmentClaims;
  readonly ticket: { readonly hash: string; readonly keyThumbprint: string };
  readonly note: Note;
  readonly done: RecordDone;
};

/**
 * Enrols a phone with a ticket and new keys of its own. The signature under the possession key proves that the phone
 * has it, and the ticket determines the user. Repeating the enrolment with the same keys gives the same answer. A
 * different key is refused, because the ticket is spent. `core/operating/defaults.ts` says how long a ticket lives.
 */
export async function enrolDevice(
  ports: EnrolPorts,
  call: { enrolment: string; note: Note },
): Promise<Result<Enrolment>> {
  const signed = await verifyEnrolment(ports, call.enrolment);
  if (!signed.ok) return signed;
  const { proof, claims, keyThumbprint } = signed.value;
  const ticket = { hash: sha256(claims.ticket), keyThumbprint };
  const sub = await ports.enrolments.findTicketOwner(ticket.hash);
  const owner = sub === undefined ? undefined : await findUserWithDevices(ports, sub);
  const judged = judgeTicket(owner?.user, { ...ticket, now: ports.clock() });
  if (!owner || judged.outcome === 'not_usable') return NOT_USABLE;
  const { sub: user } = owner.user;
  const presented = { owner, proof, claims, ticket, note: call.note };
  const deviceId = judged.outcome === 'unused' ? ports.entropy.id() : judged.use.deviceId;
  const known =
    judged.outcome !== 'unused' && judged.use.isReported && owner.devices.find((one) => one.deviceId === deviceId);
  // Whether the push token is another one shows only when it is registered.
  const event = known
    ? updatedBy(known, { name: claims.name, isMoved: true })
    : ({ event: 'device_enrolled', sub: user, deviceId, by: 'ticket' } as const);
  return auditedChange(ports, { event }, (done) =>
    judged.outcome === 'unused'
      ? enrolNew(ports, { ...presented, done }, deviceId)
      : enrolAgain(ports, { ...presented, done }, judged.use),
  );
}

/**
 * Stores the device, and makes the evidence key of the user if they have none. Then claims the ticket. One conditional
 * write of the user's profile both uses up the ticket and enrols the device. A stored device that could not be enrolled
 * counts for nothing, and is removed.
 */
async function enrolNew(ports: EnrolPorts, presented: Presented, deviceId: string): Promise<Result<Enrolment>> {
  const { owner, proof, claims, ticket, note } = presented;
  const { sub } = owner.user;
  note({ device_id: deviceId });
  const reach = await ports.endpoints.register({ sub, deviceId, ...claims });
  if (reach === 'refused') return refuse({ reason: 'push_token_refused' });
  const device = { deviceId, sub, name: claims.name, reach, proof, enrolledAt: ports.clock() };
  await Promise.all([ports.devices.save(device), ports.evidenceKeys.claim(owner.user, ports.clock())]);
  const claim = await ports.enrolments.claimTicket({ sub, deviceId, ...ticket, now: ports.clock() });
  if (claim.claimed) return report(ports, presented, deviceId);
  await ports.devices.remove(device);
  await ports.endpoints.release(device);
  // Another call with the same key may have been faster: the first answer was lost, or has not arrived yet.
  const judged = judgeTicket(claim.user, { ...ticket, now: ports.clock() });
  if (judged.outcome !== 'used_by_this_key') return NOT_USABLE;
  const now = await findUserWithDevices(ports, sub);
  return now ? enrolAgain(ports, { ...presented, owner: now }, judged.use) : NOT_USABLE;
}

/**
 * Repeats an enrolment. The device takes its new name and push token, but only if it still exists: a spent ticket must
 * not restore a lost or stolen phone. It takes no other verification key: whoever has the possession key alone must not
 * choose what verifies the user.
 */
async function enrolAgain(
  ports: EnrolPorts,
  presented: Presented,
  { deviceId, isReported }: TicketUse,
): Promise<Result<Enrolment>> {
  const { owner, claims, note, proof } = presented;
  const { sub } = owner.user;
  const before = owner.devices.find((device) => device.deviceId === deviceId);
  if (!before || !hasSameVerificationKey(before.proof, proof)) return NOT_USABLE;
  note({ device_id: deviceId });
  const reach = await ports.endpoints.register({ sub, deviceId, ...claims });
  if (reach === 'refused') return refuse({ reason: 'push_token_refused' });
  const move = { reach, instead: before.reach };
  const updated = await ports.devices.update({ sub, deviceId, name: claims.name, move });
  if (updated !== 'changed') {
    await ports.endpoints.release({ sub, deviceId, reach });
    return updated === 'gone' ? NOT_USABLE : MOVED;
  }
  if (isReported)
    await presented.done(updatedBy(before, { name: claims.name, isMoved: isOtherEndpoint(before, reach) }));
  if (isOtherEndpoint(before, reach)) await ports.endpoints.release(before);
  return isReported ? answer(ports, presented, deviceId) : report(ports, presented, deviceId);
}

/** The event of an enrolment that is repeated after it was reported: the device may have a new name and push token. */
function updatedBy(
  { sub, deviceId, name }: Device,
  after: { readonly name: string; readonly isMoved: boolean },
): AuditEvent {
  const changed = [
    ...(after.name === name ? [] : [{ member: 'name' }]),
    ...(after.isMoved ? [{ member: 'push_token' }] : []),
  ];
  return { event: 'device_updated', sub, deviceId, changed, by: 'ticket' };
}

/**
 * Records the enrolment in the audit trail and pushes the news to the user's other devices, so that the use of a stolen
 * ticket is noticed. Both happen before the ticket says so. If a call stops in between, the next one repeats them. A
 * failed push does not affect this phone's enrolment.
 */
async function report(ports: EnrolPorts, presented: Presented, deviceId: string): Promise<Result<Enrolment>> {
  const { owner, ticket, note, done } = presented;
  const now = ports.clock();
  const { sub } = owner.user;
  await done({ event: 'device_enrolled', sub, deviceId, by: 'ticket' });
  const others = owner.devices.filter((one) => one.deviceId !== deviceId);
  const message = { type: 'device_enrolled', deviceId, expiresAt: now + NEW_DEVICE_NOTICE_SECONDS } as const;
  note(notedPushes(await ports.push.send(reachable(others), message, now)));
  await ports.enrolments.recordReported({ sub, hash: ticket.hash });
  return answer(ports, presented, deviceId);
}

function answer({ settings }: EnrolPorts, { owner, proof }: Presented, deviceId: string): Result<Enrolment> {
  const { sub } = owner.user;
  return ok({
    device_id: deviceId,
    sub,
    issuer: settings.issuer,
    ...(proof.verificationKey && { verification_key: true as const }),
  });
}
