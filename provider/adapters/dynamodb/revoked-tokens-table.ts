import type { RevokedToken } from '../../core/token/revocation.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { RevokedTokens } from '../../flows/token/ports.ts';
import { revokedTokenItem } from './forms/revoked-token-form.ts';
import type { Table } from './table.ts';

/** Revoked access tokens in Transactions, each stored by a conditional put. */
export class RevokedTokensTable implements RevokedTokens {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async recordRevocation(token: RevokedToken, now: number): Promise<boolean> {
    const { written } = await this.#transactions.put(revokedTokenItem(token, now), {
      guard: { condition: 'attribute_not_exists(pk)' },
      nonce: { attribute: 'recorded_by', value: this.#entropy.id() },
    });
    return written;
  }
}
