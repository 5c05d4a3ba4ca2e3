import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { LONGEST_GRACE_SECONDS } from '../../../core/deciding/redemption-grace.ts';
import type { NotificationAddress } from '../../../flows/notifying/ports.ts';
import type { Key, Stored } from '../table.ts';

// How a notification looks in Transactions. An item of its own, because it holds the `auth_req_id`: the role of the
// device function can't read it, so that what a phone sees never redeems.

/** A notification. Token and id go once the client was notified, or never will be. */
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
  { token, authReqId }: NotificationAddress,
): Key<NotificationForm> & NotificationForm {
  return {
    ...notificationKey(request.requestId),
    token,
    auth_req_id: authReqId,
    leased_until: 0,
    // The interval, and with it the grace, may grow meanwhile.
    ttl: request.expiresAt + LONGEST_GRACE_SECONDS,
  };
}

/** What a notification carries; undefined once the client was notified. */
export function addressFrom({
  token,
  auth_req_id: authReqId,
}: Stored<NotificationForm>): NotificationAddress | undefined {
  return token !== undefined && authReqId !== undefined ? { token, authReqId } : undefined;
}
