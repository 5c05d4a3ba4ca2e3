import { sha256 } from '../../core/digest.ts';
import type { Clock, Entropy, Replays } from '../../flows/ports.ts';
import type { Table } from './table.ts';

/**
 * Used `jti` values in Transactions, each stored by a conditional put. An item that TTL has not deleted yet counts only
 * until it expires.
 */
export class ReplaysTable implements Replays {
  readonly #transactions: Table;
  readonly #entropy: Entropy;
  readonly #clock: Clock;

  constructor(transactions: Table, entropy: Entropy, clock: Clock) {
    this.#transactions = transactions;
    this.#entropy = entropy;
    this.#clock = clock;
  }

  async recordFirstUse(jti: { issuer: string; id: string; expiresAt: number }): Promise<boolean> {
    const { written } = await this.#transactions.put(
      { pk: `JTI#${jti.issuer}#${sha256(jti.id)}`, sk: 'JTI', expires_at: jti.expiresAt, ttl: jti.expiresAt },
      {
        guard: { condition: 'attribute_not_exists(pk) OR #expires_at < :now', values: { now: this.#clock() } },
        nonce: { attribute: 'recorded_by', value: this.#entropy.id() },
      },
    );
    return written;
  }
}
