import { type Wordings, wording } from '../refusal-wording.ts';

/** Why the admin API says no (docs/admin-api.md). */
export type OperatingRefusal =
  | { reason: 'no_iam_identity' }
  | { reason: 'not_found'; what: string }
  | { reason: 'conflict'; what: string };

/** What the caller is told, and what of the evidence may be logged. A reason without a line does not compile. */
export const operatingWording: Wordings<OperatingRefusal> = {
  no_iam_identity: () => wording(403, 'access_denied', 'This call needs an IAM identity.'),
  not_found: ({ what }) => wording(404, 'not_found', `There is no such ${what}.`),
  conflict: ({ what }) => wording(409, 'conflict', `This ${what} is taken.`),
};
