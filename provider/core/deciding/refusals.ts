import { invalidRequest, type Wordings, wording } from '../refusal-wording.ts';
import type { AcrRule } from './acr-rule.ts';

/** The reasons why a phone's answer is refused (docs/device-api.md), or a number (docs/number-matching.md). */
export type DecidingRefusal =
  | { reason: 'request_not_found' }
  | { reason: 'request_over' }
  | { reason: 'request_withdrawn' }
  | { reason: 'details_hash_mismatch' }
  | { reason: 'amr_needs_verification_key'; method: string }
  | { reason: 'verification_insufficient'; suffices: readonly AcrRule[]; hasVerificationKey: boolean }
  | { reason: 'number_required' }
  | { reason: 'wrong_number'; attemptsLeft: number }
  | { reason: 'already_decided'; state: string };

/** What the caller receives for each reason, and the evidence that may be logged. A missing reason does not compile. */
export const decidingWording: Wordings<DecidingRefusal> = {
  request_not_found: () => wording(404, 'not_found', 'There is no such request.'),
  request_over: () => wording(410, 'expired', 'The request is over.'),
  request_withdrawn: () => wording(410, 'withdrawn', 'The client withdrew the request.'),
  details_hash_mismatch: () =>
    wording(400, 'details_mismatch', 'details_hash does not match the details of this request.'),
  amr_needs_verification_key: ({ method }) =>
    invalidRequest(`The claim amr may have ${method} only in an answer that the verification key signs.`, 'amr'),
  // The code of RFC 9470 §3: the user was authenticated, but not as the request needs it.
  verification_insufficient: (refusal) => wording(403, 'insufficient_user_authentication', whatSuffices(refusal)),
  number_required: () =>
    invalidRequest('The claim number must be the two digits that the user sees where the request began.', 'number'),
  // Phones and clients get the same answer.
  wrong_number: ({ attemptsLeft }) =>
    wording(400, 'invalid_number', whatIsLeft(attemptsLeft), {
      members: { attempts_left: attemptsLeft },
      detail: `${attemptsLeft} left`,
    }),
  already_decided: () => wording(409, 'already_decided', 'The request was decided already.'),
};

/**
 * Says what would suffice. The names of classes are left out: the details have them, and they may have any character.
 */
function whatSuffices(refusal: {
  readonly suffices: readonly AcrRule[];
  readonly hasVerificationKey: boolean;
}): string {
  const methodsOf = (needsKey: boolean) => [
    ...new Set(
      refusal.suffices.flatMap(({ anyOf, needsVerificationKey = false }) =>
        needsVerificationKey === needsKey ? anyOf : [],
      ),
    ),
  ];
  const [byAnyKey, byVerificationKey] = [methodsOf(false), refusal.hasVerificationKey ? methodsOf(true) : []];
  const ways = [
    ...(byAnyKey.length > 0 ? [`have one of ${byAnyKey.join(', ')} in amr`] : []),
    ...(byVerificationKey.length > 0
      ? [`be signed by the verification key and have one of ${byVerificationKey.join(', ')} in amr`]
      : []),
  ];
  return ways.length === 0
    ? 'This device cannot approve this request, which needs a verification key. It can deny it, and the request still waits.'
    : `An approval of this request must ${ways.join(', or ')}. The request still waits: verify the user and answer again.`;
}

function whatIsLeft(attemptsLeft: number): string {
  return attemptsLeft === 0
    ? 'The number is wrong. It was the last attempt, and the request is over.'
    : 'The number is wrong. The request still waits: let the user read it again.';
}
