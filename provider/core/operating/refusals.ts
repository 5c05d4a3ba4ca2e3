import { type Wordings, wording } from '../refusal-wording.ts';

/**
 * The reasons why the admin API refuses a call (docs/admin-api.md). In a conflict, `what` is the member whose value is
 * taken; `changed` and `client` mean that other calls kept changing the record, and `blocked` that the user is blocked.
 */
export type OperatingRefusal =
  | { reason: 'no_iam_identity' }
  | { reason: 'reserved_id' }
  | { reason: 'not_found'; what: string }
  | { reason: 'conflict'; what: string };

/** The conflicts that are not about a value that is taken, by the value of `what`. */
const CONFLICTS: Readonly<Record<string, string>> = {
  changed: 'The user was changed by other calls; try again.',
  client: 'The client was changed by other calls; try again.',
  blocked: 'The user is blocked.',
};

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const operatingWording: Wordings<OperatingRefusal> = {
  no_iam_identity: () => wording(403, 'access_denied', 'This call needs an IAM identity.'),
  reserved_id: () => wording(409, 'conflict', 'The id synthetic-login is reserved for the synthetic login.'),
  not_found: ({ what }) => wording(404, 'not_found', `There is no such ${what}.`),
  conflict: ({ what }) => wording(409, 'conflict', CONFLICTS[what] ?? `This ${what} is taken.`),
};
