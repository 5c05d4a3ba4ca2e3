import type { PublicJwk } from '../keys/jwk.ts';

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
  };
}
