import { retryAfter, type Wordings, wording } from '../refusal-wording.ts';

/**
 * The reasons why the admin API refuses a call (docs/admin-api.md), and why a change that cannot be proven is not made.
 * In a conflict, `what` is the member whose value is taken; `changed` and `client` mean that other calls kept changing
 * the record, or may have set this change back, `blocked` that the user is blocked, `block` that the user reported the
 * client again, `device` that another call gave the device another push token, `ticket` that the ticket was replaced or
 * ended in the meantime, and `user_code` that the user code was set or removed in the meantime.
 */
export type OperatingRefusal =
  | { reason: 'no_iam_identity' }
  | { reason: 'operator_not_listed' }
  | { reason: 'reserved_id' }
  | { reason: 'not_found'; what: string }
  | { reason: 'conflict'; what: string }
  | { reason: 'audit_unavailable' };

/** When a caller should try again, in seconds, while the audit trail cannot be written. */
const AUDIT_RETRY_SECONDS = 5;

/** The conflicts that are not about a value that is taken, by the value of `what`. */
const CONFLICTS: Readonly<Record<string, string>> = {
  changed: 'The user was changed by other calls; try again.',
  client: 'The client was changed by other calls; try again.',
  blocked: 'The user is blocked.',
  client_name: 'Another client has a name that is the same or looks the same.',
  device: 'Another call has given the device another push token; try again.',
  block: 'The user reported the client again; look again.',
  user_code: 'The user code was set or removed by another call; try again.',
  ticket: 'The ticket was replaced or ended by another call; look again.',
};

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const operatingWording: Wordings<OperatingRefusal> = {
  no_iam_identity: () => wording(403, 'access_denied', 'This call needs an IAM identity.'),
  operator_not_listed: () =>
    wording(403, 'access_denied', 'This IAM identity is not among the operators of this provider.'),
  reserved_id: () => wording(409, 'conflict', 'The id synthetic-login is reserved for the synthetic login.'),
  not_found: ({ what }) => wording(404, 'not_found', `There is no such ${what}.`),
  audit_unavailable: () =>
    wording(
      503,
      'temporarily_unavailable',
      'The audit trail cannot be written just now; try again.',
      retryAfter(AUDIT_RETRY_SECONDS),
    ),
  conflict: ({ what }) => wording(409, 'conflict', CONFLICTS[what] ?? `This ${what} is taken.`),
};
