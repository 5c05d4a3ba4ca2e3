import { type Device, type DeviceKey, signingKeys } from '../../core/device/device.ts';
import {
  checkDeviceAssertion,
  checkDeviceTokenLife,
  DEVICE_TOKEN_TYPES,
  type DeviceTokenLife,
  isPinnedAlgorithm,
} from '../../core/device/device-token.ts';
import type { DeviceAuthenticationFailure } from '../../core/device/refusals.ts';
import { urlOf } from '../../core/issuer.ts';
import { algorithmOf } from '../../core/keys/public-key.ts';
import type { ClientBlock } from '../../core/person/client-block.ts';
import { isSubject } from '../../core/person/login-identifier.ts';
import type { User, UserWithDevices } from '../../core/person/user.ts';
import { ok, type Result, refuse } from '../../core/result.ts';
import type { TokenClaims } from '../../core/token/access-token.ts';
import { type FindUserPorts, findUserWithDevices } from '../person/user-with-devices.ts';
import type { Clock, JwsVerifier, Note, Replays, Settings } from '../ports.ts';

/** What this flow needs. */
export type DeviceAuthenticationPorts = FindUserPorts & {
  readonly verifier: JwsVerifier;
  readonly replays: Replays;
  readonly clock: Clock;
  readonly settings: Settings;
};
/** A device whose signature was verified, with the claims that it signed. */
export type AuthenticatedDevice = {
  readonly device: Device;
  /** The key of the device under which the signature is valid. */
  readonly signedBy: DeviceKey;
  readonly user: User;
  /** What the user's denials did to clients. Undefined if they were not read. */
  readonly blocks: readonly ClientBlock[] | undefined;
  readonly claims: TokenClaims;
  readonly life: DeviceTokenLife;
};
/** One call of a device: the JWT from its `Authorization` header, and the call that the assertion must be bound to. */
export type DeviceCall = {
  readonly assertion: string | undefined;
  readonly method: string;
  readonly path: string;
  readonly note: Note;
};

/** Finds a user with at least the device that has the id. */
export type FindOwner = (
  sub: string,
  deviceId: string,
) => Promise<(UserWithDevices & { readonly blocks?: readonly ClientBlock[] }) | undefined>;

/**
 * Authenticates what a phone signed. `iss` names the device and `sub` the user. The signature must be valid under the
 * stored key and the algorithm that is pinned to it. An answer may be signed by either key of the device. The token
 * must have the expected `typ`, be addressed to this issuer, and be within its lifetime. One read returns both the user
 * and the device; `find` replaces it by another.
 */
export async function authenticateDeviceToken(
  ports: DeviceAuthenticationPorts,
  jws: string,
  expected: { type: 'assertion' | 'response'; note: Note; find?: FindOwner },
): Promise<Result<AuthenticatedDevice>> {
  const decoded = ports.verifier.decode(jws);
  const { iss, sub } = decoded?.claims ?? {};
  if (!decoded || typeof iss !== 'string' || !isSubject(sub)) return failed('malformed');
  if (decoded.header['typ'] !== DEVICE_TOKEN_TYPES[expected.type]) return failed('type');
  const { find = () => findUserWithDevices(ports, sub) } = expected;
  const owner = await find(sub, iss);
  const device = owner?.devices.find(({ deviceId }) => deviceId === iss);
  if (!owner || !device) return failed('unknown_device');
  if (owner.user.status === 'blocked') return failed('user_blocked');
  const keys = signingKeys(device.proof, expected.type).filter(({ publicKey }) =>
    isPinnedAlgorithm(decoded.header, algorithmOf(publicKey)),
  );
  if (keys.length === 0) return failed('algorithm');
  const signedBy = await findSigner(ports, jws, keys);
  if (!signedBy) return failed('signature');
  expected.note({ device_id: device.deviceId });
  const life = checkDeviceTokenLife(decoded.claims, ports.settings, ports.clock());
  if (!life.ok) return life;
  const { user, blocks } = owner;
  return ok({ device, signedBy, user, blocks, claims: decoded.claims, life: life.value });
}

/** Returns which of the keys signed, if one of them did. */
async function findSigner(
  { verifier }: Pick<DeviceAuthenticationPorts, 'verifier'>,
  jws: string,
  keys: ReturnType<typeof signingKeys>,
): Promise<DeviceKey | undefined> {
  for (const { signedBy, publicKey } of keys)
    if (await verifier.verifies(jws, publicKey, algorithmOf(publicKey))) return signedBy;
  return undefined;
}

/**
 * Authenticates a GET, PATCH or DELETE by its device assertion, which is bound to method and URL. For calls that change
 * something the `jti` works once. A read may be repeated within the two minutes of the assertion's lifetime.
 */
export async function authenticateDevice(
  ports: DeviceAuthenticationPorts,
  call: DeviceCall,
): Promise<Result<AuthenticatedDevice>> {
  if (call.assertion === undefined) return failed('no_credential');
  const device = await authenticateDeviceToken(ports, call.assertion, { type: 'assertion', note: call.note });
  if (!device.ok) return device;
  const { issuer, previousIssuers } = ports.settings;
  const bound = checkDeviceAssertion(device.value.claims, {
    method: call.method,
    urls: [issuer, ...previousIssuers].map((name) => urlOf(name, call.path)),
  });
  if (!bound.ok) return bound;
  if (call.method !== 'GET') {
    const { jti, expiresAt } = device.value.life;
    const first = await ports.replays.recordFirstUse({ issuer: device.value.device.deviceId, id: jti, expiresAt });
    if (!first) return failed('replayed');
  }
  return device;
}

function failed(because: DeviceAuthenticationFailure): Result<never> {
  return refuse({ reason: 'device_not_authenticated', because });
}
