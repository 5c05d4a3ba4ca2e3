import type { Client } from '../client/client.ts';

/** How many requests fit into a minute and into an hour. */
export type WindowLimits = { readonly perMinute: number; readonly perHour: number };

/**
 * The limits of a user, over all clients. `longPerDay` is how many requests of a day of UTC may be long-lived. The
 * defaults are in `core/operating/defaults.ts`.
 */
export type UserWindowLimits = WindowLimits & { readonly longPerDay: number };

/** An attempt to ask a user, and whether the request is to be long-lived. */
export type CountedAttempt = { readonly sub: string; readonly isLong: boolean };

/**
 * Returns whether a request of this life, in seconds, is long-lived: more than an hour. Such requests gather on the
 * phones of a person, so there is a limit for them alone.
 */
export function isLongLived(lifeSeconds: number): boolean {
  return lifeSeconds > HOUR_SECONDS;
}

/**
 * The limits of one client. `requestsPerMinute` is over all users. A client that names `unknownUsers` unknown users
 * within an hour is refused for an hour. Undefined means no such limit.
 */
export type ClientLimits = {
  readonly requestsPerMinute: number | undefined;
  readonly unknownUsers: number | undefined;
  /** True where what a client was registered with does not count: for test runs on one machine. */
  readonly ignoresRegistered?: boolean | undefined;
};

/** The result of counting an attempt. */
export type Counted =
  | { readonly allowed: true }
  | {
      readonly allowed: false;
      readonly retryAfterSeconds: number;
      /** True if the client is refused because it named too many unknown users. */
      readonly isGuessing?: true | undefined;
    };

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;
/** The length of a day, over which wrong user codes are counted. */
export const DAY_SECONDS = 86_400;

/** The windows that contain an instant: their numbers since the epoch, and the instants at which they end. */
export type Windows = {
  readonly minute: number;
  readonly hour: number;
  readonly minuteEndsAt: number;
  readonly hourEndsAt: number;
};

/**
 * Returns the windows that contain an instant. The windows are fixed, because one conditional write can count them:
 * DynamoDB conditions have no arithmetic.
 */
export function windowsAt(now: number): Windows {
  const minute = Math.floor(now / MINUTE_SECONDS);
  const hour = Math.floor(now / HOUR_SECONDS);
  return { minute, hour, minuteEndsAt: (minute + 1) * MINUTE_SECONDS, hourEndsAt: (hour + 1) * HOUR_SECONDS };
}

/** Returns the day of UTC that contains an instant: its number since the epoch, and when it ends. */
export function dayAt(now: number): { readonly day: number; readonly dayEndsAt: number } {
  const day = Math.floor(now / DAY_SECONDS);
  return { day, dayEndsAt: (day + 1) * DAY_SECONDS };
}

/** Returns after how many seconds a refused caller may try again. */
export function retryAfter(counts: { hour: number }, limits: WindowLimits, now: number): number {
  const windows = windowsAt(now);
  return (counts.hour >= limits.perHour ? windows.hourEndsAt : windows.minuteEndsAt) - now;
}

/** For how long a client that named too many unknown users is refused, in seconds. */
export const GUESSING_SECONDS = HOUR_SECONDS;

/**
 * The requests a minute that one counter item of a client carries. Above it, the counter is spread over several items.
 */
const REQUESTS_PER_SHARD = 300;
/** Over how many items the counter of a client without a limit of requests is spread. */
const SHARDS_WITHOUT_LIMIT = 20;

/**
 * Returns over how many items a client's counter is spread, so that no item becomes a hot spot, and how many requests
 * each item may count. Without a limit they count any number.
 */
export function shardsOf(requestsPerMinute: number | undefined): {
  readonly shards: number;
  readonly limitPerShard: number | undefined;
} {
  if (requestsPerMinute === undefined) return { shards: SHARDS_WITHOUT_LIMIT, limitPerShard: undefined };
  const shards = Math.max(1, Math.ceil(requestsPerMinute / REQUESTS_PER_SHARD));
  return { shards, limitPerShard: Math.ceil(requestsPerMinute / shards) };
}

/**
 * Returns the limits of a client: what it was registered with, else what applies to every client. Undefined if it has
 * no limit at all.
 */
export function limitsOf(
  { requestsPerMinute: registered }: Pick<Client, 'requestsPerMinute'>,
  { requestsPerMinute, unknownUsers, ignoresRegistered = false }: ClientLimits,
): ClientLimits | undefined {
  const own = ignoresRegistered ? undefined : registered;
  const limits = { requestsPerMinute: own ?? requestsPerMinute, unknownUsers };
  return limits.requestsPerMinute === undefined && unknownUsers === undefined ? undefined : limits;
}
