import type { Device } from '../../../provider/core/device/device.ts';
import { DEVICE_TOKEN_TYPES } from '../../../provider/core/device/device-token.ts';
import { sha256 } from '../../../provider/core/digest.ts';
import type { PublicJwk } from '../../../provider/core/keys/jwk.ts';
import type { User } from '../../../provider/core/person/user.ts';
import type { TokenClaims } from '../../../provider/core/token/access-token.ts';
import {
  authenticateDevice,
  authenticateDeviceToken,
  type DeviceCall,
} from '../../../provider/flows/device/authenticate-device.ts';
import { enrolDevice } from '../../../provider/flows/device/enrol-device.ts';
import type { DeviceChange } from '../../../provider/flows/device/manage-device.ts';
import { removeDevice, updateDevice } from '../../../provider/flows/device/manage-device.ts';
import { setOwnUserCode } from '../../../provider/flows/device/set-user-code.ts';
import { ISSUER, NOW } from '../../core/given.ts';
import { deviceNamed, devicesIn, endpointsIn, enrolmentsIn, pushIn } from '../world/devices.ts';
import { peopleIn } from '../world/people.ts';
import { evidenceKeysIn } from '../world/records.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { userCodesIn } from '../world/user-codes.ts';
import { ANA, startWorld } from '../world/world.ts';

export const TICKET = 'ticket-1';

/** Ana, who has a ticket for one more second. */
export const ANA_WITH_TICKET: User = {
  ...ANA,
  ticket: { hash: sha256(TICKET), issuedAt: NOW - 599, expiresAt: NOW + 1 },
};

/** What of a signed JWT may be different. */
export type Different = { claims?: TokenClaims; header?: TokenClaims; key?: PublicJwk; algorithm?: 'ES256' | 'RS256' };

/** Ana with her phones, and a ticket for another. */
export function deviceWorld(given: { users?: User[]; devices?: Device[] } = {}) {
  const world = startWorld();
  const { journal, note } = world;
  const { codes, userCodes, userCodeHashes } = userCodesIn(journal);
  const { people, users } = peopleIn(journal, given.users ?? [ANA_WITH_TICKET], { codes });
  const { devices, stored } = devicesIn(journal, given.devices ?? [deviceNamed('phone'), deviceNamed('tablet')]);
  const { enrolments, ticketOwners } = enrolmentsIn(journal, users);
  ticketOwners.set(sha256(TICKET), 'ana');
  const { sign, verifier } = signaturesIn(journal);
  const { push, fates, rung } = pushIn(journal);
  const { evidenceKeys } = evidenceKeysIn(journal);
  const endpoints = endpointsIn(journal);
  const kept = { enrolments, evidenceKeys, userCodes, userCodeHashes };
  const ports = { ...world.ports, ...kept, people, devices, endpoints, push, verifier };

  const life = { aud: ISSUER, iat: NOW, exp: NOW + 60, jti: 'jti-1' };
  /** Enrols a phone with the ticket and the key of a name. */
  const enrol = (name: string, { claims, header, key = keyNamed(name), ...more }: Different = {}) => {
    const enrolment = sign({
      header: { typ: DEVICE_TOKEN_TYPES.enrolment, jwk: key, ...header },
      claims: { ...life, ticket: TICKET, name: 'New phone', platform: 'GCM', push_token: 'token-1', ...claims },
      key,
      ...more,
    });
    return enrolDevice(ports, { enrolment, note });
  };
  /** A call of Ana's phone, with its assertion. */
  const callOf = (
    method: string,
    path: string,
    { claims, header, key = keyNamed('phone'), ...more }: Different = {},
  ): DeviceCall => {
    const htu = `${ISSUER.slice(0, -1)}${path}`;
    const assertion = sign({
      header: { typ: DEVICE_TOKEN_TYPES.assertion, ...header },
      claims: { ...life, iss: 'phone', sub: 'ana', htm: method, htu, ...claims },
      key,
      ...more,
    });
    return { assertion, method, path, note };
  };
  const authenticate = (method = 'GET', different: Different = {}) =>
    authenticateDevice(ports, callOf(method, '/device/requests', different));
  const believe = (jws: string) => authenticateDeviceToken(ports, jws, { type: 'assertion', note });
  const update = (change: DeviceChange, deviceId = 'phone', different: Different = {}) =>
    updateDevice(ports, { ...callOf('PATCH', `/devices/${deviceId}`, different), deviceId, change });
  const remove = (deviceId = 'phone', different: Different = {}) =>
    removeDevice(ports, { ...callOf('DELETE', `/devices/${deviceId}`, different), deviceId });
  const setCode = (code: string, different: Different = {}) =>
    setOwnUserCode(ports, { ...callOf('PUT', '/device/user-code', different), code });
  const calls = { enrol, callOf, authenticate, believe, update, remove, setCode };
  return { ...world, ...calls, sign, ports, users, codes, devices: stored, fates, rung };
}
