import { type Wordings, wording } from '../refusal-wording.ts';

/** The reasons why a phone's answer is refused (docs/device-api.md). */
export type DecidingRefusal =
  | { reason: 'request_not_found' }
  | { reason: 'request_over' }
  | { reason: 'details_hash_mismatch' }
  | { reason: 'already_decided'; state: string };

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const decidingWording: Wordings<DecidingRefusal> = {
  request_not_found: () => wording(404, 'not_found', 'There is no such request.'),
  request_over: () => wording(410, 'expired', 'The request is over.'),
  details_hash_mismatch: () =>
    wording(400, 'details_mismatch', 'details_hash does not match the details of this request.'),
  already_decided: () => wording(409, 'already_decided', 'The request was decided already.'),
};
