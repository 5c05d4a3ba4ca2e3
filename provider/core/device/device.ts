import type { PublicJwk } from '../client/client.ts';
import { ok, type Result, refuse } from '../result.ts';

/** Push services by their names in SNS. */
export const PLATFORMS = ['APNS', 'APNS_SANDBOX', 'GCM'] as const;
/** One of {@link PLATFORMS}. */
export type Platform = (typeof PLATFORMS)[number];

/** The two algorithms a device may sign with; which one is pinned to its key, never read from a header. */
export type DeviceAlgorithm = 'ES256' | 'RS256';

/** How a device is rung. */
export type Reach = PushReach | { readonly kind: 'none' };
/** A phone that SNS can push to. */
export type PushReach = {
  readonly kind: 'sns';
  readonly platform: Platform;
  readonly endpointArn: string;
  /** `unreachable` once the push service said that the push token is dead; only a fresh token from the app revives it. */
  readonly push: 'reachable' | 'unreachable';
};
/** How a device answers: it signs a JWS with a key that never leaves it. */
export type Proof = { readonly kind: 'device-jws'; readonly publicKey: PublicJwk };

/** An authentication device: a phone app's enrolment for one user, with a key that never leaves the phone. */
export type Device = {
  readonly deviceId: string;
  readonly sub: string;
  readonly name: string;
  readonly reach: Reach;
  readonly proof: Proof;
  readonly enrolledAt: number;
};

const base64url = /^[A-Za-z0-9_-]+$/;
/** Coordinate of P-256: 32 bytes. */
const COORDINATE_LENGTH = 43;
/** RSA modulus of 2048 bits is 342 characters; 4096 bits 683, and mobile libraries put a zero byte in front. */
const SHORTEST_MODULUS = 342;
const LONGEST_MODULUS = 683;

/** Accepts a device's public key: P-256 (preferred), or RSA of 2048 to 4096 bits. Only the members that make the key are kept. */
export function parseDeviceKey(value: unknown): Result<PublicJwk> {
  const jwk = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const { kty, crv, x, y, n, e } = jwk;
  if (['d', 'p', 'q', 'k'].some((member) => Object.hasOwn(jwk, member))) return notAccepted();
  if (kty === 'EC' && crv === 'P-256' && isCoordinate(x) && isCoordinate(y)) return ok({ kty, crv, x, y });
  if (kty === 'RSA' && typeof n === 'string' && base64url.test(n) && e === 'AQAB') {
    const modulus = withoutLeadingZeros(n);
    if (modulus.length >= SHORTEST_MODULUS && modulus.length <= LONGEST_MODULUS) return ok({ kty, n: modulus, e });
  }
  return notAccepted();
}

/** The algorithm pinned to a key: EC means ES256, RSA means RS256. */
export function algorithmOf(key: PublicJwk): DeviceAlgorithm {
  return key.kty === 'EC' ? 'ES256' : 'RS256';
}

/** The devices that learn of a request now: those that a push can reach, and those that ask by themselves. */
export function reachable(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ reach }) => reach.kind === 'none' || reach.push === 'reachable');
}

/** Whether a device was pushed to by another endpoint than this one: the old one is to be given up. */
export function isOtherEndpoint({ reach }: Device, now: PushReach): boolean {
  return reach.kind === 'sns' && reach.endpointArn !== now.endpointArn;
}

/** A device as it is told to its own phone and to operators. No key, no push token, no endpoint. */
export type DeviceView = {
  readonly device_id: string;
  readonly name: string;
  /** Absent for a device that is never pushed to. */
  readonly platform?: Platform;
  readonly push?: PushReach['push'];
  readonly enrolled_at: number;
};

/** The public view of a device. */
export function viewDevice(device: Device): DeviceView {
  return {
    device_id: device.deviceId,
    name: device.name,
    ...(device.reach.kind === 'sns' && { platform: device.reach.platform, push: device.reach.push }),
    enrolled_at: device.enrolledAt,
  };
}

function isCoordinate(value: unknown): value is string {
  return typeof value === 'string' && value.length === COORDINATE_LENGTH && base64url.test(value);
}

function withoutLeadingZeros(modulus: string): string {
  const bytes = Buffer.from(modulus, 'base64url');
  const start = bytes.findIndex((byte) => byte !== 0);
  return start < 0 ? '' : bytes.subarray(start).toString('base64url');
}

function notAccepted(): Result<never> {
  return refuse({
    reason: 'device_key_not_accepted',
    expected: 'an EC key on P-256 or an RSA key of 2048 to 4096 bits with e AQAB',
  });
}
