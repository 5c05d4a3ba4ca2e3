import { daysOf, readDay, type TrailBucket, type TrailRange } from './trail-objects.ts';
import { type TrailRecord, withoutEvidence } from './trail-record.ts';

/**
 * What became of a change: its last phase, or `unknown` if the trail has the intention alone. Undefined for an event
 * that is no change.
 */
type Outcome = 'done' | 'refused' | 'failed' | 'unknown' | undefined;
/** An event, or the records of one change together. */
export type TrailChange = { readonly at: number; readonly outcome: Outcome; readonly records: readonly TrailRecord[] };
/** What is looked for. */
export type TrailQuery = TrailRange & { readonly matches: (records: readonly TrailRecord[]) => boolean };

/** Outcomes and copies that arrive within this time of their object are put in order and paired. */
const WINDOW_SECONDS = 1800;
/** How many ids of records that were returned are remembered, to drop what the bucket has twice. */
const REMEMBERED_IDS = 200_000;
/** How much later than its intention an outcome may be. No function runs longer. */
const LONGEST_CHANGE_SECONDS = 900;

/** What went wrong while the trail was read. */
export type TrailReading = { unreadable: number };

/**
 * Reads the changes and events of a range that match, oldest first. It holds the records of about half an hour, however
 * long the range is.
 */
export async function* readChanges(
  bucket: TrailBucket,
  query: TrailQuery,
  { now, progress, reading }: { now: number; progress: (text: string) => void; reading: TrailReading },
): AsyncGenerator<TrailChange> {
  const window = new TrailWindow(query);
  const keep = (record: TrailRecord) => {
    const isNear = record.at >= query.since && record.at < query.until + LONGEST_CHANGE_SECONDS;
    return isNear ? withoutEvidence(record) : undefined;
  };
  for (const day of daysOf(query, now)) {
    for await (const { storedAt, records, unreadable } of readDay(bucket, day, { keep, progress })) {
      reading.unreadable += unreadable;
      for (const record of records) window.add(record);
      yield* window.take(storedAt - WINDOW_SECONDS);
    }
  }
  yield* window.take(Number.POSITIVE_INFINITY);
}

/** The records that may still get an outcome, a copy, or an earlier neighbour. */
class TrailWindow {
  readonly #query: TrailQuery;
  readonly #held = new Map<string, TrailRecord[]>();
  readonly #heldIds = new Set<string>();
  readonly #returnedIds = new Set<string>();
  #unnamed = 0;

  constructor(query: TrailQuery) {
    this.#query = query;
  }

  add(record: TrailRecord): void {
    const { id, change } = record;
    if (id !== undefined && (this.#heldIds.has(id) || this.#returnedIds.has(id))) return;
    const isPart = change !== undefined && this.#held.has(change);
    if (!isPart && record.at >= this.#query.until) return;
    if (change === undefined && !this.#query.matches([record])) return;
    if (id !== undefined) this.#heldIds.add(id);
    this.#unnamed += 1;
    const name = change ?? id ?? String(this.#unnamed);
    this.#held.set(name, [...(this.#held.get(name) ?? []), record]);
  }

  /** Takes out what began before an instant, oldest first. Returns what matches. */
  take(before: number): readonly TrailChange[] {
    const taken: TrailChange[] = [];
    for (const [name, records] of this.#held) {
      if (records.every(({ at }) => at >= before)) continue;
      this.#held.delete(name);
      for (const { id } of records) if (id !== undefined) this.#heldIds.delete(id);
      if (this.#query.matches(records)) taken.push(changeOf(records));
    }
    for (const { id } of taken.flatMap(({ records }) => records)) if (id !== undefined) this.#remember(id);
    return taken.sort((a, b) => a.at - b.at);
  }

  #remember(id: string): void {
    this.#returnedIds.add(id);
    const [oldest] = this.#returnedIds;
    if (oldest !== undefined && this.#returnedIds.size > REMEMBERED_IDS) this.#returnedIds.delete(oldest);
  }
}

function changeOf(records: readonly TrailRecord[]): TrailChange {
  const inOrder = records.toSorted((a, b) => Number(a.phase !== 'intended') - Number(b.phase !== 'intended'));
  return { at: Math.min(...records.map(({ at }) => at)), outcome: outcomeOf(records), records: inOrder };
}

function outcomeOf(records: readonly TrailRecord[]): Outcome {
  const phases = records.map(({ phase }) => phase);
  const known = (['done', 'refused', 'failed'] as const).find((phase) => phases.includes(phase));
  return known ?? (phases.includes('intended') ? 'unknown' : undefined);
}
