import { type Claims, wrongClaim } from '../device/device-token.ts';
import { equalInConstantTime } from '../digest.ts';
import { ok, type Result, refuse } from '../result.ts';
import { isNumberText } from './number-matching.ts';

/**
 * The methods by which a phone may say that it verified its user (RFC 8176). `hwk` is not accepted: without attestation
 * the provider cannot verify it.
 */
export const ACCEPTED_AMR = ['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'user', 'mfa', 'swk'];

/** The user's decision, and what the phone says about how it was made. */
export type DeviceResponse = {
  readonly decision: 'approve' | 'deny';
  readonly reason?: string | undefined;
  readonly amr: readonly string[];
  /** The number that the user typed on the phone. Only an approval has one. */
  readonly number?: string | undefined;
};

/** Returns whether the user reports the request as fraud: somebody else asks in the client's name, or the client lies. */
export function reportsFraud({ decision, reason }: DeviceResponse): boolean {
  return decision === 'deny' && reason === 'fraud';
}

/** Returns what the log line says of an answer. */
export function notedDecision(response: DeviceResponse) {
  return { decision: response.decision, ...(reportsFraud(response) && { reported: true as const }) };
}

/**
 * Checks what a phone signed to answer a request: the id of this request, the decision, and the hash of the details
 * that it showed. Only a denial has a reason: an approval that reports fraud contradicts itself. A denial needs no
 * number, and a number in it is ignored.
 */
export function checkDeviceResponse(
  claims: Claims,
  expected: { requestId: string; detailsHash: string },
): Result<DeviceResponse> {
  const { request_id, decision, reason, details_hash, amr = [], number } = claims;
  if (request_id !== expected.requestId) return wrongClaim('request_id', 'the id of this request');
  if (decision !== 'approve' && decision !== 'deny') return wrongClaim('decision', 'approve or deny');
  if (typeof details_hash !== 'string' || !equalInConstantTime(details_hash, expected.detailsHash)) {
    return refuse({ reason: 'details_hash_mismatch' });
  }
  if (reason !== undefined && (typeof reason !== 'string' || !/^[a-z_]{1,32}$/.test(reason))) {
    return wrongClaim('reason', '1 to 32 lower-case letters or underscores');
  }
  if (reason !== undefined && decision === 'approve')
    return wrongClaim('reason', 'absent when the decision is approve');
  if (!Array.isArray(amr) || amr.length > 4 || !amr.every((method) => ACCEPTED_AMR.includes(method))) {
    return wrongClaim('amr', `up to four of ${ACCEPTED_AMR.join(', ')}`);
  }
  const answer: DeviceResponse = { decision, reason, amr: [...new Set<string>(amr)] };
  if (decision === 'deny' || number === undefined) return ok(answer);
  return isNumberText(number) ? ok({ ...answer, number }) : wrongClaim('number', 'two digits');
}
