import type { Device, Platform, PushReach } from '../../core/device/device.ts';

/** Enrolment tickets. */
export interface EnrolmentTickets {
  create(ticket: { hash: string; sub: string; expiresAt: number }): Promise<void>;
  /**
   * Uses the ticket for this key. The same key gets the same answer again, another key none: undefined when the ticket
   * is unknown, expired, or spent on another key.
   */
  claim(claim: {
    hash: string;
    keyThumbprint: string;
    deviceId: string;
    now: number;
  }): Promise<{ sub: string; deviceId: string; enrolled: boolean } | undefined>;
  /** The ticket's device is stored: from now on the ticket only repeats its answer, it never makes the device again. */
  recordEnrolled(hash: string): Promise<void>;
}

/** A person's devices. Who the person is, is another port: another directory may hold the persons. */
export interface Devices {
  /** All devices of the user. */
  listOf(sub: string): Promise<readonly Device[]>;
  /** Stores or replaces the device. */
  save(device: Device): Promise<void>;
  /** Changes name, endpoint or reachability. False when the device is gone. */
  update(change: { sub: string; deviceId: string; name?: string; reach?: PushReach }): Promise<boolean>;
  /** Marks a device that the push service gave up on. False when it was marked before or has a newer endpoint by now. */
  markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean>;
  remove(device: { sub: string; deviceId: string }): Promise<void>;
}

/** The SNS endpoints behind devices: two accounts in one app share a push token and so an endpoint. */
export interface PushEndpoints {
  /** Makes sure the endpoint of this token exists, is enabled and is used by this device. `refused`: the token is not one of the platform's. */
  register(device: {
    sub: string;
    deviceId: string;
    platform: Platform;
    pushToken: string;
  }): Promise<PushReach | 'refused'>;
  /** The device no longer uses the endpoint; the last one takes it along. */
  release(device: Pick<Device, 'sub' | 'deviceId' | 'reach'>): Promise<void>;
}

/** What a phone is told by a push: ids and instants only, no name, message or amount. */
export type PushMessage =
  | { readonly type: 'authentication_request'; readonly requestId: string; readonly expiresAt: number }
  | { readonly type: 'device_enrolled'; readonly deviceId: string; readonly expiresAt: number };

/** What became of one push. `accepted` means queued by SNS, not delivered. */
export type PushOutcome =
  | {
      readonly outcome: 'accepted';
      /** What SNS calls the push: its later news of it carry the same id. */
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
  /** Publishes to all devices in parallel. Never throws: an outage is an outcome. The push lives no longer than `expiresAt`. */
  send(devices: readonly Device[], message: PushMessage, now: number): Promise<readonly PushOutcome[]>;
}
