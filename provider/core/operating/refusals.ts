import { type Wordings, wording } from '../refusal-wording.ts';

/**
 * The reasons why the admin API refuses a call (docs/admin-api.md). In a conflict, `what` is the member whose value is
 * taken; `changed` and `client` mean that other calls kept changing the record.
 */
export type OperatingRefusal =
  | { reason: 'no_iam_identity' }
  | { reason: 'reserved_id' }
  | { reason: 'not_found'; what: string }
  | { reason: 'conflict'; what: string };

/** The kind of record that other calls kept changing, by the value of `what`. */
const CHANGED: Readonly<Record<string, string>> = { changed: 'user', client: 'client' };

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const operatingWording: Wordings<OperatingRefusal> = {
  no_iam_identity: () => wording(403, 'access_denied', 'This call needs an IAM identity.'),
  reserved_id: () => wording(409, 'conflict', 'The id synthetic-login is reserved for the synthetic login.'),
  not_found: ({ what }) => wording(404, 'not_found', `There is no such ${what}.`),
  conflict: ({ what }) => {
    const changed = CHANGED[what];
    const description = changed ? `The ${changed} was changed by other calls; try again.` : `This ${what} is taken.`;
    return wording(409, 'conflict', description);
  },
};
