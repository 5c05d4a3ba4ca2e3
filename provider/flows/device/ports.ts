import type { Device, Platform, PushReach } from '../../core/device/device.ts';

/** Enrolment tickets. */
export interface EnrolmentTickets {
  create(ticket: { hash: string; sub: string; expiresAt: number }): Promise<void>;
  /**
   * Uses the ticket for this key. The same key gets the same answer again. Undefined if the ticket is unknown, expired,
   * or used by another key.
   */
  claim(claim: {
    hash: string;
    keyThumbprint: string;
    deviceId: string;
    now: number;
  }): Promise<{ sub: string; deviceId: string; enrolled: boolean } | undefined>;
  /**
   * Records that the ticket's device is stored. Later uses of the ticket repeat the answer. A use that has already
   * claimed the ticket may still store the device.
   */
  recordEnrolled(hash: string): Promise<void>;
}

/** A person's devices. The persons themselves are another port, so that another directory can hold them. */
export interface Devices {
  /** Returns all devices of the user. */
  listOf(sub: string): Promise<readonly Device[]>;
  /** Stores or replaces the device. */
  save(device: Device): Promise<void>;
  /** Changes name or reach. False if the device no longer exists. */
  update(change: { sub: string; deviceId: string; name?: string; reach?: PushReach }): Promise<boolean>;
  /**
   * Marks a device whose push token the push service reported dead. False if it was already marked, or has a newer
   * endpoint.
   */
  markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean>;
  remove(device: { sub: string; deviceId: string }): Promise<void>;
}

/** The SNS endpoints of devices. Two accounts in one app share a push token, and so an endpoint. */
export interface PushEndpoints {
  /**
   * Ensures that the endpoint of this token exists, is enabled and is used by this device. `refused`: the token does
   * not belong to the platform, or the platform is not set up.
   */
  register(device: {
    sub: string;
    deviceId: string;
    platform: Platform;
    pushToken: string;
  }): Promise<PushReach | 'refused'>;
  /** Records that the device no longer uses the endpoint. The endpoint is deleted with its last device. */
  release(device: Pick<Device, 'sub' | 'deviceId' | 'reach'>): Promise<void>;
}

/** The content of a push: ids and instants only, no name, message or amount. */
export type PushMessage =
  | { readonly type: 'authentication_request'; readonly requestId: string; readonly expiresAt: number }
  | { readonly type: 'device_enrolled'; readonly deviceId: string; readonly expiresAt: number };

/**
 * The outcome of one push. `accepted` means that SNS has queued it, not that it was delivered. A device that is never
 * pushed to counts as accepted.
 */
export type PushOutcome =
  | {
      readonly outcome: 'accepted';
      /** SNS's id of the push. Its later reports about the push carry the same id. */
      readonly messageId?: string | undefined;
    }
  | { readonly outcome: 'outage'; readonly error: string }
  | {
      /** The endpoint is dead; the device is to be marked. */
      readonly outcome: 'unreachable';
      readonly error: string;
      readonly device: { readonly sub: string; readonly deviceId: string; readonly endpointArn: string };
    };

/** Rings phones. */
export interface PushSender {
  /**
   * Publishes to all devices in parallel. Never throws: an outage is an outcome. The push does not outlive `expiresAt`.
   */
  send(devices: readonly Device[], message: PushMessage, now: number): Promise<readonly PushOutcome[]>;
}
