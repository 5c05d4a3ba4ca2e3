import { type Claims, wrongClaim } from '../device/device-token.ts';
import { equalInConstantTime } from '../digest.ts';
import { ok, type Result, refuse } from '../result.ts';

/** How a phone may say it verified its user (RFC 8176). `hwk` is missing: without attestation nobody can know. */
export const ACCEPTED_AMR = ['pin', 'fpt', 'face', 'iris', 'retina', 'vbm', 'pwd', 'user', 'mfa', 'swk'];

/** The user's decision with what the phone says about it. */
export type DeviceResponse = {
  readonly decision: 'approve' | 'deny';
  readonly reason?: string | undefined;
  readonly amr: readonly string[];
};

/** What a phone must have signed to answer a request: this request, this decision, the hash of what it showed. */
export function checkDeviceResponse(
  claims: Claims,
  expected: { requestId: string; detailsHash: string },
): Result<DeviceResponse> {
  const { request_id, decision, reason, details_hash, amr = [] } = claims;
  if (request_id !== expected.requestId) return wrongClaim('request_id', 'the id of this request');
  if (decision !== 'approve' && decision !== 'deny') return wrongClaim('decision', 'approve or deny');
  if (typeof details_hash !== 'string' || !equalInConstantTime(details_hash, expected.detailsHash)) {
    return refuse({ reason: 'details_hash_mismatch' });
  }
  if (reason !== undefined && (typeof reason !== 'string' || !/^[a-z_]{1,32}$/.test(reason))) {
    return wrongClaim('reason', '1 to 32 lower-case letters or underscores');
  }
  if (!Array.isArray(amr) || amr.length > 4 || !amr.every((method) => ACCEPTED_AMR.includes(method))) {
    return wrongClaim('amr', `up to four of ${ACCEPTED_AMR.join(', ')}`);
  }
  return ok({ decision, reason, amr: [...new Set<string>(amr)] });
}
