import { createHash, timingSafeEqual } from 'node:crypto';

/** Returns SHA-256 in base64url without padding: 43 characters. */
export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('base64url');
}

/**
 * Compares two strings in a time that does not depend on where they differ. Both are hashed first, so that the time
 * does not reveal their lengths either.
 */
export function equalInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

/**
 * Returns the request id, under which an authentication request is stored. It is the only name of the request that a
 * phone sees. The `auth_req_id` cannot be computed from it, so a phone can never redeem a request.
 */
export function requestIdOf(authReqId: string): string {
  return sha256(authReqId);
}

/** Returns a short name of the request for logs: 16 hexadecimal characters. It cannot be used to redeem the request. */
export function txnOf(requestId: string): string {
  return createHash('sha256').update(requestId).digest('hex').slice(0, 16);
}
