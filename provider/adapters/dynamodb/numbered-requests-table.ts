import { countWrong } from '../../core/deciding/number-matching.ts';
import type { NumberedRequests } from '../../flows/deciding/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import type { PollOutcome } from '../../flows/token/ports.ts';
import { noneTriedSince, requestFrom, requestKey } from './forms/request-form.ts';
import type { Guard } from './items.ts';
import type { Table } from './table.ts';

/**
 * Authentication requests in Transactions, as numbers are entered for them. Each write has the count of wrong numbers in
 * its guard. So of many numbers that are entered at the same time, one after the other counts, and the others are judged
 * again.
 */
export class NumberedRequestsTable implements NumberedRequests {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  async findRequest(requestId: string): ReturnType<NumberedRequests['findRequest']> {
    const item = await this.#transactions.get(requestKey(requestId));
    return item && requestFrom(item);
  }

  async recordWrongNumber({
    request,
    now,
  }: Parameters<NumberedRequests['recordWrongNumber']>[0]): Promise<PollOutcome> {
    const { count, attemptsLeft } = countWrong(request);
    const counted = { wrong_numbers: count } as const;
    const failed = attemptsLeft === 0;
    const { written, item } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: failed ? { ...counted, state: 'failed', failed_because: 'wrong_number' } : counted,
      remove: failed ? ['grant', 'number'] : undefined,
      guard: openGuard(request, now),
      nonce: { attribute: 'numbered_by', value: this.#entropy.id() },
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }

  async recordMatch({ request, now }: Parameters<NumberedRequests['recordMatch']>[0]): Promise<PollOutcome> {
    const { condition, values } = openGuard(request, now);
    const { written, item } = await this.#transactions.update({
      key: requestKey(request.requestId),
      set: { state: 'approved' },
      remove: ['number'],
      guard: {
        condition: `${condition} AND attribute_exists(#grant) AND #device_id = :device`,
        values: { ...values, device: request.grant.deviceId },
      },
      nonce: { attribute: 'numbered_by', value: this.#entropy.id() },
    });
    return written ? { recorded: true } : { recorded: false, stored: item && requestFrom(item) };
  }
}

/** The request is that of this client, open, and no number was tried since it was read. */
function openGuard(
  request: Parameters<NumberedRequests['recordWrongNumber']>[0]['request'],
  now: number,
): Guard & { readonly condition: string } {
  const { condition, values } = noneTriedSince(request);
  return {
    condition: `#client_id = :client AND #registration_id = :registration AND #state = :pending AND #expires_at > :now AND ${condition}`,
    values: {
      ...values,
      client: request.clientId,
      registration: request.registrationId,
      pending: 'pending',
      now,
    },
  };
}
