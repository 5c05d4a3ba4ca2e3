/** Most requests in a fixed window. */
export type WindowLimits = { readonly perMinute: number; readonly perHour: number };

/** What a counted attempt comes to. */
export type Counted = { readonly allowed: true } | { readonly allowed: false; readonly retryAfterSeconds: number };

const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 3600;

/** Which windows an instant falls into: their numbers since the epoch and the instants at which they end. */
export type Windows = {
  readonly minute: number;
  readonly hour: number;
  readonly minuteEndsAt: number;
  readonly hourEndsAt: number;
};

/** The windows of an instant. Fixed windows, because one conditional write can count them: no arithmetic in conditions. */
export function windowsAt(now: number): Windows {
  const minute = Math.floor(now / MINUTE_SECONDS);
  const hour = Math.floor(now / HOUR_SECONDS);
  return { minute, hour, minuteEndsAt: (minute + 1) * MINUTE_SECONDS, hourEndsAt: (hour + 1) * HOUR_SECONDS };
}

/** After how many seconds a refused caller may try again. */
export function retryAfter(counts: { hour: number }, limits: WindowLimits, now: number): number {
  const windows = windowsAt(now);
  return (counts.hour >= limits.perHour ? windows.hourEndsAt : windows.minuteEndsAt) - now;
}

/** Requests a minute that one counter item of a client carries; above it the counter is spread over shards. */
const REQUESTS_PER_SHARD = 300;

/** Over how many items a client's counter is spread, so that no item gets hot, and how much each may count. */
export function shardsOf(requestsPerMinute: number): { readonly shards: number; readonly limitPerShard: number } {
  const shards = Math.max(1, Math.ceil(requestsPerMinute / REQUESTS_PER_SHARD));
  return { shards, limitPerShard: Math.ceil(requestsPerMinute / shards) };
}
