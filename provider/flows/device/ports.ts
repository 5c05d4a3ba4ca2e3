import type { Device, Platform, PushReach, Reach } from '../../core/device/device.ts';
import type { EnrolmentTicket } from '../../core/device/enrolment-ticket.ts';
import type { Owner, User } from '../../core/person/user.ts';

/** What came of using a ticket. If it was not claimed, `user` is the user as they are stored now. */
export type TicketClaim = { readonly claimed: true } | { readonly claimed: false; readonly user: User | undefined };

/**
 * The enrolment tickets of users, as operators make and end them. The ticket is part of the user's profile, so each
 * method is one conditional write of the profile.
 */
export interface Tickets {
  /**
   * Makes the ticket the one ticket of the user, in place of an earlier one. Not claimed: another person has the `sub`
   * by now, or the user is blocked or gone.
   */
  issueTicket(ticket: { owner: Owner; ticket: EnrolmentTicket }): Promise<TicketClaim>;
  /**
   * Ends this ticket of the user, and no newer one. The device that it enrolled stays. `changed`: another call ended or
   * replaced it before. `unclear`: the same, and perhaps this call ended it before that.
   */
  endTicket(ticket: { sub: string; hash: string }): Promise<'ended' | 'changed' | 'unclear'>;
}

/**
 * Which devices are enrolled, and the tickets that enrol them. Both are part of the user's profile, so each method is
 * one conditional write of the profile. What a block, a removal or a newer ticket ended cannot be used afterwards.
 */
export interface Enrolments {
  /** Returns the subject for whom a ticket was made. The user says whether it is still good. */
  findTicketOwner(hash: string): Promise<string | undefined>;
  /**
   * Uses the ticket for a key and enrols the device with it. Precondition: the device is stored, under an id that no
   * other call has. Not claimed: the ticket was used or has ended, or the user is blocked or gone.
   */
  claimTicket(claim: {
    sub: string;
    hash: string;
    keyThumbprint: string;
    deviceId: string;
    now: number;
  }): Promise<TicketClaim>;
  /** Records that the audit trail and the user's other devices know of the enrolment. */
  recordReported(ticket: { sub: string; hash: string }): Promise<void>;
  /** Takes a device from the enrolled ones, and ends the ticket that enrolled it. */
  withdraw(device: { sub: string; deviceId: string }): Promise<void>;
}

/** A person's devices. The persons themselves are another port, so that another directory can hold them. */
export interface Devices {
  /** Returns all stored devices of the user. They count only if the user names them. */
  listOf(sub: string): Promise<readonly Device[]>;
  /** Stores or replaces the device. It counts for nothing until it is enrolled. */
  save(device: Device): Promise<void>;
  /**
   * Changes name or reach. A new reach replaces exactly the reach that was read, `instead`. `gone`: the device no longer
   * exists. `moved`: another call has given it another reach since; nothing is changed.
   */
  update(change: {
    sub: string;
    deviceId: string;
    name?: string;
    move?: { readonly reach: PushReach; readonly instead: Reach };
  }): Promise<'changed' | 'gone' | 'moved'>;
  /**
   * Marks a device whose push token the push service reported dead. False if it was already marked, or has a newer
   * endpoint.
   */
  markUnreachable(device: { sub: string; deviceId: string; endpointArn: string }): Promise<boolean>;
  /** Deletes a device that is not enrolled, or not any more. */
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
  /** The client withdrew the request: its prompt is to vanish. A phone that does not know it shows nothing. */
  | { readonly type: 'request_withdrawn'; readonly requestId: string; readonly expiresAt: number }
  /** The request ends soon and is still open. A phone that does not know it shows nothing. */
  | { readonly type: 'authentication_request_reminder'; readonly requestId: string; readonly expiresAt: number }
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
