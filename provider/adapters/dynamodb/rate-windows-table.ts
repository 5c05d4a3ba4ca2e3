import {
  type ClientLimits,
  type Counted,
  type CountedAttempt,
  dayAt,
  GUESSING_SECONDS,
  retryAfter,
  shardsOf,
  type UserWindowLimits,
  type WindowLimits,
  windowsAt,
} from '../../core/asking/rate-window.ts';
import type { UserCodeAttempt } from '../../core/asking/user-code.ts';
import type { RateWindows } from '../../flows/asking/ports.ts';
import type { Entropy } from '../../flows/ports.ts';
import {
  clientWindows,
  HOUR_SECONDS,
  type LongWindowForm,
  longWindowKey,
  minuteAttribute,
  type RateWindowForm,
  rateWindowKey,
  silentWindowKey,
  type UserCodeAttemptsForm,
  userCodeAttemptsKey,
  userWindows,
} from './forms/rate-window-form.ts';
import type { Key } from './items.ts';
import type { Table } from './table.ts';

/** The key of a counter of each day: of long-lived requests, or of user codes. */
type KeyOfDay = (day: number) => Key<LongWindowForm | UserCodeAttemptsForm>;

/** The keys of the windows in which an attempt to ask a person counts. */
type WindowsOfPerson = {
  readonly hourly: (hour: number) => Key<RateWindowForm>;
  readonly daily: KeyOfDay | undefined;
};

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

  countForUser({ sub, isLong }: CountedAttempt, limits: UserWindowLimits, now: number): Promise<Counted> {
    return this.#countForPerson(windowsOf({ sub, isLong }), limits, now);
  }

  countForClient(clientId: string, { requestsPerMinute }: ClientLimits, now: number): Promise<Counted> {
    const { shards, limitPerShard } = shardsOf(requestsPerMinute);
    const limits = limitPerShard === undefined ? undefined : { perMinute: limitPerShard, perHour: limitPerShard * 60 };
    const windows = clientWindows(clientId, this.#oneOf(shards));
    return this.#count((hour) => rateWindowKey(windows, hour), limits, now);
  }

  countSilently(
    attempt: Parameters<RateWindows['countSilently']>[0],
    limits: UserWindowLimits,
    now: number,
  ): Promise<Counted> {
    return this.#countForPerson(windowsOf(attempt), limits, now);
  }

  async giveBack(attempt: CountedAttempt, countedAt: number): Promise<void> {
    const { hourly, daily } = windowsOf(attempt);
    await Promise.all([this.#takeFromHour(hourly, countedAt), daily && this.#takeFromDay(daily, countedAt)]);
  }

  /** Counts in the hour, and in the day if the request is long-lived. If one of them refuses, the other counts nothing. */
  async #countForPerson({ hourly, daily }: WindowsOfPerson, limits: UserWindowLimits, now: number): Promise<Counted> {
    const counting = this.#count(hourly, limits, now);
    if (!daily) return counting;
    const [inHour, inDay] = await Promise.all([counting, this.#countInDay(daily, limits.longPerDay, now)]);
    if (inHour.allowed && !inDay.allowed) await this.#takeFromHour(hourly, now);
    if (!inHour.allowed && inDay.allowed) await this.#takeFromDay(daily, now);
    return inHour.allowed ? inDay : inHour;
  }

  async #takeFromHour(keyOf: WindowsOfPerson['hourly'], countedAt: number): Promise<void> {
    const { hour, minute } = windowsAt(countedAt);
    const inMinute = minuteAttribute(minute);
    await this.#transactions.update({
      key: keyOf(hour),
      add: { count: -1, [inMinute]: -1 },
      guard: { condition: `#count > :none AND #${inMinute} > :none`, values: { none: 0 } },
      nonce: { attribute: 'given_back_by', value: this.#entropy.id() },
    });
  }

  countUserCode(attempt: UserCodeAttempt, most: number, now: number): Promise<Counted> {
    return this.#countInDay((day) => userCodeAttemptsKey(attempt, day), most, now);
  }

  giveBackUserCode(attempt: UserCodeAttempt, countedAt: number): Promise<void> {
    return this.#takeFromDay((day) => userCodeAttemptsKey(attempt, day), countedAt);
  }

  async #countInDay(keyOf: KeyOfDay, most: number, now: number): Promise<Counted> {
    const { day, dayEndsAt } = dayAt(now);
    const { written } = await this.#transactions.update({
      key: keyOf(day),
      set: { ttl: dayEndsAt + HOUR_SECONDS },
      add: { count: 1 },
      guard: { condition: 'attribute_not_exists(#count) OR #count < :most', values: { most } },
      nonce: { attribute: 'counted_by', value: this.#entropy.id() },
    });
    return written ? { allowed: true } : { allowed: false, retryAfterSeconds: dayEndsAt - now };
  }

  async #takeFromDay(keyOf: KeyOfDay, countedAt: number): Promise<void> {
    await this.#transactions.update({
      key: keyOf(dayAt(countedAt).day),
      add: { count: -1 },
      guard: { condition: '#count > :none', values: { none: 0 } },
      nonce: { attribute: 'given_back_by', value: this.#entropy.id() },
    });
  }

  async countUnknownUser(
    { clientId, names }: Parameters<RateWindows['countUnknownUser']>[0],
    limits: ClientLimits,
    now: number,
  ): Promise<void> {
    const { unknownUsers } = limits;
    if (unknownUsers === undefined) return;
    const { shards } = shardsOf(limits.requestsPerMinute);
    const { hour, hourEndsAt } = windowsAt(now);
    const { item } = await this.#transactions.update({
      key: rateWindowKey(clientWindows(clientId, this.#oneOf(shards)), hour),
      set: { ttl: hourEndsAt + HOUR_SECONDS },
      add: { unknown: names },
      nonce: { attribute: 'unknown_by', value: this.#entropy.id() },
    });
    if ((item?.unknown ?? 0) >= unknownUsers) await this.#refuseClient(clientId, shards, now);
  }

  /** Refuses a client for an hour: in all shards of its counter, in this hour and in the next one. */
  async #refuseClient(clientId: string, shards: number, now: number): Promise<void> {
    const { hour, hourEndsAt } = windowsAt(now);
    const counters = Array.from({ length: shards }, (_, shard) => clientWindows(clientId, shard));
    const windows = counters.flatMap((pk) => [
      { key: rateWindowKey(pk, hour), endsAt: hourEndsAt },
      { key: rateWindowKey(pk, hour + 1), endsAt: hourEndsAt + HOUR_SECONDS },
    ]);
    const refused_until = now + GUESSING_SECONDS;
    await Promise.all(
      windows.map(({ key, endsAt }) =>
        this.#transactions.update({ key, set: { refused_until, ttl: endsAt + HOUR_SECONDS } }),
      ),
    );
  }

  async #count(
    keyOf: (hour: number) => Key<RateWindowForm>,
    limits: WindowLimits | undefined,
    now: number,
  ): Promise<Counted> {
    const windows = windowsAt(now);
    const minute = minuteAttribute(windows.minute);
    const isWithin = `(attribute_not_exists(#count) OR #count < :hourly) AND (attribute_not_exists(#${minute}) OR #${minute} < :minutely)`;
    const isHeard = 'attribute_not_exists(#refused_until) OR #refused_until <= :now';
    const { written, item } = await this.#transactions.update({
      key: keyOf(windows.hour),
      set: { ttl: windows.hourEndsAt + HOUR_SECONDS },
      add: { count: 1, [minute]: 1 },
      guard: {
        condition: limits ? `${isWithin} AND (${isHeard})` : isHeard,
        values: { now, ...(limits && { hourly: limits.perHour, minutely: limits.perMinute }) },
      },
      nonce: { attribute: 'counted_by', value: this.#entropy.id() },
    });
    if (written) return { allowed: true };
    const refusedFor = (item?.refused_until ?? 0) - now;
    if (refusedFor > 0 || !limits) return { allowed: false, retryAfterSeconds: refusedFor, isGuessing: true };
    return { allowed: false, retryAfterSeconds: retryAfter({ hour: item?.count ?? 0 }, limits, now) };
  }

  #oneOf(shards: number): number {
    return Math.floor(this.#entropy.fraction() * shards);
  }
}

/** Returns the windows in which an attempt counts: those of the person, or those of a client that they reported. */
function windowsOf({ isLong, ...by }: CountedAttempt & { readonly clientId?: string }): WindowsOfPerson {
  const { sub, clientId } = by;
  return {
    hourly: (hour) =>
      clientId === undefined ? rateWindowKey(userWindows(sub), hour) : silentWindowKey({ sub, clientId }, hour),
    daily: isLong ? (day) => longWindowKey(by, day) : undefined,
  };
}
