import type { RequestFacts } from '../../../core/deciding/authentication-request.ts';
import { LONGEST_GRACE_SECONDS } from '../../../core/deciding/lifetime.ts';
import type { NotificationAddress } from '../../../flows/notifying/ports.ts';
import type { Item, Key } from '../table.ts';

// How a notification looks in Transactions. An item of its own, because it holds the `auth_req_id`: the role of the
// device function can't read it, so that what a phone sees never redeems.

export const notificationKey = (requestId: string): Key => ({
  pk: `NOTIFICATION#${requestId}`,
  sk: 'NOTIFICATION',
});

export function notificationItem(request: RequestFacts, { token, authReqId }: NotificationAddress): Item & Key {
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
export function addressFrom(item: Item): NotificationAddress | undefined {
  const { token, auth_req_id: authReqId } = item;
  return typeof token === 'string' && typeof authReqId === 'string' ? { token, authReqId } : undefined;
}
