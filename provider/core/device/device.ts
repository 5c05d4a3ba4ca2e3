import type { PublicJwk } from '../keys/jwk.ts';
import { sameKey } from '../keys/public-key.ts';

/** The push services, by their names in SNS. */
export const PLATFORMS = ['APNS', 'APNS_SANDBOX', 'GCM'] as const;

/** One of {@link PLATFORMS}. */
export type Platform = (typeof PLATFORMS)[number];

/** How a device is rung. `none` is a device that asks for requests by itself. */
export type Reach = PushReach | { readonly kind: 'none' };

/** How SNS pushes to a phone. */
export type PushReach = {
  readonly kind: 'sns';
  readonly platform: Platform;
  readonly endpointArn: string;
  /**
   * `unreachable` once the push service said that the push token is dead. Only a fresh token from the app makes the
   * device reachable again.
   */
  readonly push: 'reachable' | 'unreachable';
};

/** How a device answers: it signs a JWS with a key that never leaves it. */
export type Proof = {
  readonly kind: 'device-jws';
  /** The possession key. */
  readonly publicKey: PublicJwk;
  /**
   * The public half of a second key, which the platform of the phone releases only after it has verified the person.
   * That it does so is the device's claim, because nothing attests it. Undefined for a device with one key.
   */
  readonly verificationKey?: PublicJwk | undefined;
};

/** The keys of a device, by what their signature shows: that it was this device, or also that its user was verified. */
export type DeviceKey = 'possession' | 'verification';

/**
 * Returns the keys of a device that may sign a token. The verification key signs answers alone. Where both may sign, it
 * comes first.
 */
export function signingKeys(
  { publicKey, verificationKey }: Proof,
  type: 'assertion' | 'response',
): readonly { readonly signedBy: DeviceKey; readonly publicKey: PublicJwk }[] {
  const possession = { signedBy: 'possession', publicKey } as const;
  return verificationKey && type === 'response'
    ? [{ signedBy: 'verification', publicKey: verificationKey }, possession]
    : [possession];
}

/** Returns whether two proofs have the same verification key, or both none. */
export function hasSameVerificationKey(one: Proof, other: Proof): boolean {
  const [a, b] = [one.verificationKey, other.verificationKey];
  return a && b ? sameKey(a, b) : a === b;
}

/** An authentication device: a phone app's enrolment for one user, with a key that never leaves the phone. */
export type Device = {
  readonly deviceId: string;
  readonly sub: string;
  readonly name: string;
  readonly reach: Reach;
  readonly proof: Proof;
  readonly enrolledAt: number;
};

/**
 * Returns the devices that would learn of a request now: those that a push can reach, and those that ask by themselves.
 */
export function reachable(devices: readonly Device[]): readonly Device[] {
  return devices.filter(({ reach }) => reach.kind === 'none' || reach.push === 'reachable');
}

/**
 * Returns whether the device was reached through another endpoint than this one. The old endpoint must then be
 * released.
 */
export function isOtherEndpoint({ reach }: Device, now: PushReach): boolean {
  return reach.kind === 'sns' && reach.endpointArn !== now.endpointArn;
}

/** Returns whether two reaches are through the same push endpoint, or both through none. */
export function isSameEndpoint(one: Reach, other: Reach): boolean {
  return endpointOf(one) === endpointOf(other);
}

function endpointOf(reach: Reach): string | undefined {
  return reach.kind === 'sns' ? reach.endpointArn : undefined;
}

/** A device as its own phone and operators read it, without key, push token and endpoint. */
export type DeviceView = {
  readonly device_id: string;
  readonly name: string;
  /** Absent for a device that is never pushed to. */
  readonly platform?: Platform;
  readonly push?: PushReach['push'];
  readonly enrolled_at: number;
  /** Present if the device has a verification key beside its possession key. */
  readonly verification_key?: true;
  /**
   * Present if the device is only a leftover: of an enrolment that was never completed, or of a removal that broke off.
   * It can do nothing.
   */
  readonly leftover?: true;
};

/** Returns the public view of a device. */
export function viewDevice(device: Device): DeviceView {
  return {
    device_id: device.deviceId,
    name: device.name,
    ...(device.reach.kind === 'sns' && { platform: device.reach.platform, push: device.reach.push }),
    enrolled_at: device.enrolledAt,
    ...(device.proof.verificationKey && { verification_key: true as const }),
  };
}
