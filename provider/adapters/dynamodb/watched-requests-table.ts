import type { AuthenticationRequest } from '../../core/deciding/authentication-request.ts';
import type { WatchedRequests } from '../../flows/operating/ports.ts';
import { requestFrom, requestKey } from './forms/request-form.ts';
import type { Table } from './table.ts';

/** Authentication requests in Transactions, as their expiry is watched. */
export class WatchedRequestsTable implements WatchedRequests {
  readonly #transactions: Table;

  constructor(transactions: Table) {
    this.#transactions = transactions;
  }

  async findRequest(requestId: string): Promise<AuthenticationRequest | undefined> {
    const item = await this.#transactions.get(requestKey(requestId));
    return item && requestFrom(item);
  }
}
