import { requestIdOf } from '../digest.ts';

/** An `auth_req_id` that is worth hashing: at most 128 characters. Those of this provider have 43. */
const AUTH_REQ_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Returns the request id of an `auth_req_id` that was sent. Undefined if no request can have it. */
export function requestIdNamed(authReqId: string): string | undefined {
  return AUTH_REQ_ID.test(authReqId) ? requestIdOf(authReqId) : undefined;
}
