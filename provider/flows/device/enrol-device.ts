import { type Device, isOtherEndpoint, type PushReach, reachable } from '../../core/device/device.ts';
import {
  checkDeviceTokenLife,
  checkEnrolmentClaims,
  DEVICE_TOKEN_TYPES,
  type EnrolmentClaims,
  isPinnedAlgorithm,
} from '../../core/device/device-token.ts';
import { notedPushes } from '../../core/device/push-error.ts';
import { sha256 } from '../../core/digest.ts';
import type { PublicJwk } from '../../core/keys/jwk.ts';
import { algorithmOf, parsePublicKey } from '../../core/keys/public-key.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { People } from '../person/ports.ts';
import { findUserWithDevices } from '../person/user-with-devices.ts';
import type { AuditTrail, Clock, Entropy, JwsVerifier, Note, Settings } from '../ports.ts';
import type { Devices, EnrolmentTickets, PushEndpoints, PushOutcome, PushSender } from './ports.ts';

/** What this flow needs. */
export type EnrolPorts = {
  readonly people: People;
  readonly devices: Devices;
  readonly tickets: EnrolmentTickets;
  readonly endpoints: PushEndpoints;
  readonly push: PushSender;
  readonly verifier: JwsVerifier;
  readonly entropy: Entropy;
  readonly clock: Clock;
  readonly settings: Settings;
  readonly audit: AuditTrail;
};
/**
 * What the phone receives: its device id, its user, and the issuer. A phone that was given another issuer refuses it.
 */
export type Enrolment = { readonly device_id: string; readonly sub: string; readonly issuer: string };

/** Seconds within which the user's other phones should receive the news of a new device. */
const NEW_DEVICE_NOTICE_SECONDS = 3600;

/**
 * Enrols a phone with a ticket and a new key of its own. The signature under that key proves possession, and the ticket
 * determines the user. Repeating the enrolment with the same key gives the same answer. A different key is refused,
 * because the ticket is spent.
 * `core/operating/defaults.ts` says how long a ticket lives.
 */
export async function enrolDevice(
  ports: EnrolPorts,
  call: { enrolment: string; note: Note },
): Promise<Result<Enrolment>> {
  const signed = await verifyEnrolment(ports, call.enrolment);
  if (!signed.ok) return signed;
  const { key, claims } = signed.value;
  const claimed = await ports.tickets.claim({
    hash: sha256(claims.ticket),
    keyThumbprint: await ports.verifier.thumbprint(key),
    deviceId: ports.entropy.id(),
    now: ports.clock(),
  });
  if (!claimed) return refuse({ reason: 'ticket_not_usable' });
  const { sub, deviceId } = claimed;
  const owner = await findUserWithDevices(ports, sub);
  if (!owner || owner.user.status === 'blocked') return refuse({ reason: 'ticket_not_usable' });
  const before = owner.devices.find((device) => device.deviceId === deviceId);
  // The device has been removed since its enrolment. A spent ticket must not restore a lost or stolen phone.
  if (claimed.enrolled && !before) return refuse({ reason: 'ticket_not_usable' });
  call.note({ device_id: deviceId });
  const reach = await ports.endpoints.register({ sub, deviceId, ...claims });
  if (reach === 'refused') return refuse({ reason: 'push_token_refused' });
  const proof = { kind: 'device-jws', publicKey: key } as const;
  const device = { deviceId, sub, name: claims.name, reach, proof };
  const stored = before ? await updateEnrolled(ports, before, device) : await storeNew(ports, device);
  if (!stored) return refuse({ reason: 'ticket_not_usable' });
  if (!claimed.enrolled) {
    const others = owner.devices.filter((one) => one.deviceId !== deviceId);
    call.note(notedPushes(await reportEnrolment(ports, others, device)));
    await ports.tickets.recordEnrolled(sha256(claims.ticket));
  }
  return ok({ device_id: deviceId, sub, issuer: ports.settings.issuer });
}

type Enrolled = Omit<Device, 'enrolledAt' | 'reach'> & { readonly reach: PushReach };

/**
 * Updates the device of a repeated enrolment, but only if it still exists, so that a removal takes precedence. Releases
 * an old push endpoint.
 */
async function updateEnrolled(ports: EnrolPorts, before: Device, enrolled: Enrolled): Promise<boolean> {
  const { sub, deviceId, name, reach } = enrolled;
  const there = await ports.devices.update({ sub, deviceId, name, reach });
  if (there && isOtherEndpoint(before, reach)) await ports.endpoints.release(before);
  return there;
}

/**
 * Stores the device, then checks that the user still exists. Otherwise the device of a removed user would belong to the
 * next user with this `sub`.
 */
async function storeNew(ports: EnrolPorts, enrolled: Enrolled): Promise<boolean> {
  await ports.devices.save({ ...enrolled, enrolledAt: ports.clock() });
  if (await ports.people.find(enrolled.sub)) return true;
  await ports.devices.remove(enrolled);
  await ports.endpoints.release(enrolled);
  return false;
}

/**
 * Records the enrolment in the audit trail and pushes the news to the user's other devices, so that the use of a stolen
 * ticket is noticed. Both happen before the ticket records the enrolment. If a call stops in between, the next one
 * repeats them. A failed push does not affect this phone's enrolment.
 */
async function reportEnrolment(
  ports: EnrolPorts,
  others: readonly Device[],
  { sub, deviceId }: Enrolled,
): Promise<readonly PushOutcome[]> {
  const now = ports.clock();
  ports.audit.write({ event: 'device_enrolled', sub, deviceId, by: 'ticket' }, now);
  return ports.push.send(
    reachable(others),
    { type: 'device_enrolled', deviceId, expiresAt: now + NEW_DEVICE_NOTICE_SECONDS },
    now,
  );
}

/**
 * Verifies an enrolment. The key comes from the header. It must have an accepted kind and size, and it determines the
 * algorithm. The signature is verified before the claims.
 */
async function verifyEnrolment(
  ports: EnrolPorts,
  jws: string,
): Promise<Result<{ key: PublicJwk; claims: EnrolmentClaims }>> {
  const decoded = ports.verifier.decode(jws);
  if (!decoded || decoded.header['typ'] !== DEVICE_TOKEN_TYPES.enrolment)
    return refuse({ reason: 'enrolment_signature' });
  const key = parsePublicKey(decoded.header['jwk']);
  if (!key.ok) return key;
  const algorithm = algorithmOf(key.value);
  if (!isPinnedAlgorithm(decoded.header, algorithm)) return refuse({ reason: 'enrolment_signature' });
  if (!(await ports.verifier.verifies(jws, key.value, algorithm))) return refuse({ reason: 'enrolment_signature' });
  const life = checkDeviceTokenLife(decoded.claims, ports.settings, ports.clock());
  if (!life.ok) return life;
  const claims = checkEnrolmentClaims(decoded.claims);
  return claims.ok ? ok({ key: key.value, claims: claims.value }) : claims;
}
