import { isTokenLost, type Seen } from './checks.ts';
import type { ProviderFigures } from './provider-messages.ts';
import type { TrailRecord } from './stored.ts';
import { THROTTLING_ERRORS } from './throttling.ts';

/** The figures of a load test, as counts and ratios, by name. */
export type Figures = Readonly<Record<string, number>>;
type Counts = Readonly<Record<string, number>>;
type Measured = Seen & {
  readonly counted: readonly ProviderFigures[];
  readonly records: readonly TrailRecord[];
  /** What the logins added to the audit trail. */
  readonly trailBytes: number;
  readonly seconds: number;
};

/** Counts what happened in a load test. */
export function figuresOf(measured: Measured): Figures {
  const { logins, requests, pings, kills, counted, records, trailBytes, seconds } = measured;
  const count = logins.length;
  const ends = countBy(logins, ({ end }) => end ?? 'none');
  const states = countBy(requests, ({ state }) => state);
  const calls = sum(counted.map((one) => one.calls));
  const throttled = sum(counted.map((one) => one.throttled));
  const faults = sum(counted.map((one) => one.faults));
  const total = (of: (one: ProviderFigures) => number) => counted.reduce((all, one) => all + of(one), 0);
  const answered = pings.filter(({ isAnswered }) => isAnswered);
  return {
    logins: count,
    ...prefixed('ended with ', ends),
    'tokens whose answer was lost with a kill': logins.filter(isTokenLost).length,
    'asks that failed': logins.reduce((all, { failedAsks }) => all + failedAsks, 0),
    'logins whose phone was not pushed': logins.filter((one) => one.intent !== 'nothing' && !one.isPushed).length,
    ...prefixed('requests ', states),
    kills: kills.length,
    'seconds without a provider': round(kills.reduce((all, { at, until }) => all + until - at, 0) / 1000),
    'pings answered': answered.length,
    'pings repeated': answered.length - new Set(answered.map(({ authReqId }) => authReqId)).size,
    'pings that found no client': pings.length - answered.length,
    ...prefixed('throttled calls to ', throttled),
    'retries of the SDK': total(({ retried }) => retried),
    ...prefixed('faults: ', faults),
    'records that only the log has': total(({ unconfirmed }) => unconfirmed),
    'intentions without an outcome': unfinished(records),
    'DynamoDB calls per login': ratio(calls['dynamodb'], count),
    'SNS calls per login': ratio(calls['sns'], count),
    'Firehose calls per login': ratio(calls['firehose'], count),
    'bytes of trail per login': Math.round(trailBytes / count),
    seconds: round(seconds),
    'logins per second': round(count / seconds),
  };
}

/** A fault other than that of a call that was throttled each time it was tried. */
export function unexpectedFaults(counted: readonly ProviderFigures[]): readonly string[] {
  const faults = Object.entries(sum(counted.map((one) => one.faults)));
  const exampleOf = (name: string) => counted.map(({ examples }) => examples[name]).find((line) => line !== undefined);
  return faults
    .filter(([name]) => !THROTTLING_ERRORS.includes(name))
    .map(([name, times]) => `functions failed ${times} times with ${name}: ${exampleOf(name)}`);
}

/** Returns the figures as lines of text. */
export function describeFigures(figures: Figures): string {
  const width = Math.max(...Object.keys(figures).map((name) => name.length));
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}`)
    .join('\n');
}

function unfinished(records: readonly TrailRecord[]): number {
  const changes = Map.groupBy(records, ({ change }) => change);
  changes.delete(undefined);
  return [...changes.values()].filter((steps) => steps.every(({ phase }) => phase === 'intended')).length;
}

function countBy<One>(all: readonly One[], nameOf: (one: One) => string): Counts {
  return Object.fromEntries([...Map.groupBy(all, nameOf)].map(([name, those]) => [name, those.length]));
}

function sum(all: readonly Counts[]): Counts {
  const totals: Record<string, number> = {};
  for (const [name, value] of all.flatMap(Object.entries<number>)) totals[name] = (totals[name] ?? 0) + value;
  return totals;
}

const prefixed = (prefix: string, counts: Counts): Counts =>
  Object.fromEntries(Object.entries(counts).map(([name, value]) => [prefix + name, value]));

const round = (value: number): number => Math.round(value * 10) / 10;
const ratio = (value: number | undefined, of: number): number => Math.round(((value ?? 0) / of) * 100) / 100;
