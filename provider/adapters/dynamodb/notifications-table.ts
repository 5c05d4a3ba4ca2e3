import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import type { NotificationClaim, Notifications } from '../../flows/notifying/ports.ts';
import { addressFrom, notificationKey } from './forms/notification-form.ts';
import { requestFrom, requestKey } from './forms/request-form.ts';
import type { Table } from './table.ts';

/**
 * Notifications in Transactions. A lease, which one conditional write takes, prevents two deliveries from notifying
 * twice.
 */
export class NotificationsTable implements Notifications {
  readonly #transactions: Table;

  constructor(transactions: Table) {
    this.#transactions = transactions;
  }

  async findRequest(requestId: string): Promise<AuthenticationRequest | undefined> {
    const item = await this.#transactions.get(requestKey(requestId));
    return item && requestFrom(item);
  }

  async claim({
    requestId,
    now,
    until,
    holder,
    keepUntil,
  }: Parameters<Notifications['claim']>[0]): Promise<NotificationClaim> {
    const { written, item } = await this.#transactions.update({
      key: notificationKey(requestId),
      set: { leased_until: until, ...(keepUntil !== undefined && { ttl: keepUntil }) },
      add: { tries: 1 },
      guard: { condition: 'attribute_exists(#auth_req_id) AND #leased_until <= :now', values: { now } },
      nonce: { attribute: 'leased_by', value: holder },
    });
    if (!item) return { outcome: 'not_stored' };
    const address = addressFrom(item);
    if (!address) return { outcome: 'over' };
    return written
      ? { outcome: 'claimed', address, tries: item.tries ?? 1 }
      : { outcome: 'claimed_by_another', until: item.leased_until };
  }

  async recordNotified({ requestId, holder, now }: Parameters<Notifications['recordNotified']>[0]): Promise<void> {
    await this.#transactions.update({
      key: notificationKey(requestId),
      set: { notified_at: now },
      remove: ['token', 'auth_req_id'],
      guard: { condition: '#leased_by = :holder', values: { holder } },
    });
  }

  async forget(requestId: string): Promise<void> {
    await this.#transactions.update({
      key: notificationKey(requestId),
      remove: ['token', 'auth_req_id'],
      guard: { condition: 'attribute_exists(#auth_req_id)' },
    });
  }

  async release({ requestId, holder }: Parameters<Notifications['release']>[0]): Promise<void> {
    await this.#transactions.update({
      key: notificationKey(requestId),
      set: { leased_until: 0 },
      guard: { condition: '#leased_by = :holder', values: { holder } },
    });
  }
}
