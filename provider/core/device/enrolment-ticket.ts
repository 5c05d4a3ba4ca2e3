/** How a ticket was used. */
export type TicketUse = {
  /** RFC 7638 thumbprint of the key that used it. The same key may repeat its enrolment, any other may not. */
  readonly keyThumbprint: string;
  readonly deviceId: string;
  /** Whether the audit trail and the user's other devices know of the enrolment. */
  readonly isReported: boolean;
};

/**
 * The enrolment ticket of a user. A user has one at most. It ends when it expires, when a newer one is made, when an
 * operator ends it, when the user is blocked or removed, and when the device that it enrolled is removed.
 */
export type EnrolmentTicket = {
  /** SHA-256 of the ticket in base64url. */
  readonly hash: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** Absent while it has not been used. */
  readonly use?: TicketUse | undefined;
};

/** What a presented ticket is good for: one enrolment, the repetition of an enrolment by the same key, or nothing. */
export type TicketJudgement =
  | { readonly outcome: 'unused' }
  | { readonly outcome: 'used_by_this_key'; readonly use: TicketUse }
  | { readonly outcome: 'not_usable' };

/** Judges a ticket that a phone presents, by the user as they are stored now. Undefined means that there is no user. */
export function judgeTicket(
  user: { readonly status: 'active' | 'blocked'; readonly ticket?: EnrolmentTicket | undefined } | undefined,
  presented: { hash: string; keyThumbprint: string; now: number },
): TicketJudgement {
  const ticket = user?.status === 'active' ? user.ticket : undefined;
  if (!ticket || ticket.hash !== presented.hash || presented.now >= ticket.expiresAt) return { outcome: 'not_usable' };
  const { use } = ticket;
  if (!use) return { outcome: 'unused' };
  return use.keyThumbprint === presented.keyThumbprint
    ? { outcome: 'used_by_this_key', use }
    : { outcome: 'not_usable' };
}

/** A ticket as operators read it. Nothing in it can be used to enrol. */
export type OpenTicketView = {
  readonly ticket_id: string;
  readonly issued_at: number;
  readonly expires_at: number;
  /** The device that the ticket enrolled. Absent while it has not been used. */
  readonly device_id?: string;
};

/** Returns the public view of a ticket. */
export function viewTicket({ hash, issuedAt, expiresAt, use }: EnrolmentTicket): OpenTicketView {
  return {
    ticket_id: ticketIdOf(hash),
    issued_at: issuedAt,
    expires_at: expiresAt,
    ...(use && { device_id: use.deviceId }),
  };
}

/** Returns the name of a ticket: the first 16 characters of its hash, which cannot be used to enrol. */
export function ticketIdOf(hash: string): string {
  return hash.slice(0, 16);
}
