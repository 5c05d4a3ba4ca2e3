import type { PublicJwk } from '../keys/jwk.ts';

/** Push services by their names in SNS. */
export const PLATFORMS = ['APNS', 'APNS_SANDBOX', 'GCM'] as const;

/** One of {@link PLATFORMS}. */
export type Platform = (typeof PLATFORMS)[number];

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
