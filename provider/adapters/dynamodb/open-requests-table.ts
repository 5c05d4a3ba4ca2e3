import type { MetRequest } from '../../core/asking/open-request.ts';
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

  async open(
    { requestId, expiresAt, toldUntil = expiresAt, ...by }: OpenRequest,
    now: number,
    ended?: string,
  ): Promise<MetRequest | undefined> {
    const hasEnded = ended === undefined ? '' : ' OR #request_id = :ended';
    const { written, item } = await this.#transactions.update({
      key: openRequestKey(by),
      set: { request_id: requestId, opened_at: now, expires_at: expiresAt, told_until: toldUntil, ttl: expiresAt },
      guard: {
        condition: `attribute_not_exists(pk) OR #expires_at <= :now${hasEnded}`,
        values: { now, ...(ended !== undefined && { ended }) },
      },
      nonce: { attribute: 'opened_by', value: this.#entropy.id() },
    });
    if (written) return undefined;
    const { request_id, opened_at = now, told_until = item?.expires_at ?? now } = item ?? {};
    return { requestId: request_id, openedAt: opened_at, toldUntil: told_until };
  }

  async close({ requestId, ...by }: Parameters<OpenRequests['close']>[0]): Promise<void> {
    const guard = { condition: '#request_id = :own', values: { own: requestId } };
    await this.#transactions.delete(openRequestKey(by), { guard });
  }
}
