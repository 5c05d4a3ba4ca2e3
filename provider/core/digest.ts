import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 in base64url without padding: 43 characters. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}

/** Compares two strings without telling by its time where they differ. Both are hashed first, so lengths leak nothing. */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/**
 * The key under which an authentication request is stored, and the only name of it that a phone ever sees: from it the
 * `auth_req_id` can't be computed, so a phone can never redeem.
 */
export function requestIdOf(authReqId: string): string {
  return sha256(authReqId);
}

/** A short name of the request for logs: 16 hexadecimal characters that redeem nothing. */
export function txnOf(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 16);
}
