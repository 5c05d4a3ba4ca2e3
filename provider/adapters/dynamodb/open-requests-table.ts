import type { OpenRequest, OpenRequests } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { openRequestKey } from './forms/rate-window-form.ts';
import type { Table } from './table.ts';

/** Open requests in Transactions: one item for a user and a client, beside the windows of the user. */
export class OpenRequestsTable implements OpenRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async open({ expiresAt, toldUntil = expiresAt, ...by }: OpenRequest, now: number): Promise<number> {
    const { written, item } = await this.#transactions.update({
      key: openRequestKey(by),
      set: { expires_at: expiresAt, told_until: toldUntil, ttl: expiresAt },
      guard: { condition: 'attribute_not_exists(pk) OR #expires_at <= :now', values: { now } },
      nonce: { attribute: 'opened_by', value: this.#entropy.id() },
    });
    return written ? 0 : (item?.told_until ?? item?.expires_at ?? now + 1) - now;
  }

  async close({ expiresAt, ...by }: OpenRequest): Promise<void> {
    const guard = { condition: '#expires_at = :own', values: { own: expiresAt } };
    await this.#transactions.delete(openRequestKey(by), { guard });
  }
}
