import { type Counted, retryAfter, shardsOf, type WindowLimits, windowsAt } from '../../core/asking/rate-window.ts';
import type { RateWindows } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import { HOUR_SECONDS, minuteAttribute, rateWindowKey, userWindows } from './forms/rate-window-form.ts';
import type { Table } from './table.ts';

/**
 * Counters in Transactions: one item for each hour of a user, or of a shard of a client's counter. It holds the count
 * of the hour and one for each minute. A conditional update both counts and checks. At the limit nothing is written.
 */
export class RateWindowsTable implements RateWindows {
  readonly #transactions: Table;
  readonly #entropy: Entropy;

  constructor(transactions: Table, entropy: Entropy) {
    this.#transactions = transactions;
    this.#entropy = entropy;
  }

  countForUser(sub: string, limits: WindowLimits, now: number): Promise<Counted> {
    return this.#count(userWindows(sub), limits, now);
  }

  countForClient(clientId: string, requestsPerMinute: number, now: number): Promise<Counted> {
    const { shards, limitPerShard } = shardsOf(requestsPerMinute);
    const shard = Math.floor(this.#entropy.fraction() * shards);
    return this.#count(
      `RATE#client#${clientId}#${shard}`,
      { perMinute: limitPerShard, perHour: limitPerShard * 60 },
      now,
    );
  }

  async #count(pk: string, limits: WindowLimits, now: number): Promise<Counted> {
    const windows = windowsAt(now);
    const minute = minuteAttribute(windows.minute);
    const { written, item } = await this.#transactions.update({
      key: rateWindowKey(pk, windows.hour),
      set: { ttl: windows.hourEndsAt + HOUR_SECONDS },
      add: { count: 1, [minute]: 1 },
      guard: {
        condition: `(attribute_not_exists(#count) OR #count < :hourly) AND (attribute_not_exists(#${minute}) OR #${minute} < :minutely)`,
        values: { hourly: limits.perHour, minutely: limits.perMinute },
      },
      nonce: { attribute: 'counted_by', value: this.#entropy.id() },
    });
    if (written) return { allowed: true };
    return { allowed: false, retryAfterSeconds: retryAfter({ hour: item?.count ?? 0 }, limits, now) };
  }
}
