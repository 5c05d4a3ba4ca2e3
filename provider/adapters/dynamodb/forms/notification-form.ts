import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { LONGEST_GRACE_SECONDS } from '../../../core/deciding/redemption-grace.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { NotificationAddress } from '../../../flows/notifying/ports.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of a notification in Transactions. It is an item of its own, because it holds the `auth_req_id`. The
// role of the device function cannot read it, so that nothing a phone sees can redeem a request.

/** A notification. Its token and id are removed once the client has been notified, or never will be. */
export type NotificationForm = {
  readonly token?: string;
  readonly auth_req_id?: string;
  readonly leased_until: number;
  readonly leased_by?: string;
  readonly tries?: number;
  readonly notified_at?: number;
  readonly ttl: number;
};

export const notificationKey = (requestId: string): Key<NotificationForm> => ({
  pk: `NOTIFICATION#${requestId}`,
  sk: 'NOTIFICATION',
});

export function notificationItem(
  request: RequestFacts,
  { token, authReqId, ...unstored }: NotificationAddress,
): Key<NotificationForm> & NotificationForm {
  unstored satisfies Nothing;
  return {
    ...notificationKey(request.requestId),
    token,
    auth_req_id: authReqId,
    leased_until: 0,
    // The interval may still grow, and the grace with it, so the longest grace is used.
    ttl: request.expiresAt + LONGEST_GRACE_SECONDS,
  };
}

/** Returns what a notification carries. Undefined once the client has been notified, or never will be. */
export function addressFrom({
  token,
  auth_req_id: authReqId,
}: Stored<NotificationForm>): Whole<NotificationAddress> | undefined {
  return token !== undefined && authReqId !== undefined ? { token, authReqId } : undefined;
}
