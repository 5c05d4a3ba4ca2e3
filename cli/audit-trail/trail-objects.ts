import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Refused } from '../command-line/failure.ts';
import { plainLine } from '../command-line/text-layout.ts';
import { parseTrailLine, type TrailRecord } from './trail-record.ts';

/** The folders of the bucket: the records that functions stored, and the copies from the logs. */
const FOLDERS = ['records', 'audit'];
/** The folder of what the delivery streams could not process. */
const SET_ASIDE = 'not-delivered/';
/** How many objects are read at the same time. */
const AHEAD = 8;
const DAY_SECONDS = 86_400;
/** The folder of a record is the day on which the first record of its object arrived, up to 15 minutes before. */
const BUFFER_SECONDS = 900;

/** An object of the bucket. */
export type TrailObject = { readonly key: string /** Epoch seconds. */; readonly storedAt: number };
/** The bucket of the audit trail, with its two calls. */
export type TrailBucket = {
  /** Records may arrive this much later than what they tell. */
  readonly lateSeconds: number;
  list(prefix: string): AsyncIterable<TrailObject>;
  read(key: string): Promise<Readable>;
};
/** What an object holds. */
export type ReadObject = {
  readonly storedAt: number;
  readonly records: readonly TrailRecord[];
  /** The number of lines that are no record. */
  readonly unreadable: number;
};
/** From an instant up to another, without it. Epoch seconds. */
export type TrailRange = { readonly since: number; readonly until: number };

/** Returns the days, such as `2026/11/30`, whose folders may hold records of a range. Copies may be a day late. */
export function daysOf({ since, until }: TrailRange, now: number): readonly string[] {
  const first = Math.floor((since - BUFFER_SECONDS) / DAY_SECONDS);
  const last = Math.floor(Math.min(until + DAY_SECONDS, now) / DAY_SECONDS);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => dayOf((first + index) * DAY_SECONDS));
}

/** Reads the objects of a day, in the order in which they were stored. `keep` makes each record smaller, or drops it. */
export async function* readDay(
  bucket: TrailBucket,
  day: string,
  options: {
    readonly keep: (record: TrailRecord) => TrailRecord | undefined;
    readonly progress: (text: string) => void;
  },
): AsyncGenerator<ReadObject> {
  const objects: TrailObject[] = [];
  for (const folder of FOLDERS) {
    for await (const object of bucket.list(`${folder}/${day}/`)) objects.push(object);
  }
  objects.sort((a, b) => a.storedAt - b.storedAt);
  let count = 0;
  for await (const read of inOrder(objects, (object) => readObject(bucket, object, options.keep))) {
    count += 1;
    options.progress(`${day}: ${count} of ${objects.length} objects`);
    yield read;
  }
}

/** Counts the objects of these days that hold what the delivery streams put aside. */
export async function countSetAside(bucket: TrailBucket, days: readonly string[]): Promise<number> {
  let count = 0;
  for await (const { key } of bucket.list(SET_ASIDE)) if (days.some((day) => key.includes(`/${day}/`))) count += 1;
  return count;
}

function dayOf(epochSeconds: number): string {
  return new Date(epochSeconds * 1000).toISOString().slice(0, 10).replaceAll('-', '/');
}

async function readObject(
  bucket: TrailBucket,
  { key, storedAt }: TrailObject,
  keep: (record: TrailRecord) => TrailRecord | undefined,
): Promise<ReadObject> {
  const records: TrailRecord[] = [];
  let unreadable = 0;
  const zipped = await bucket.read(key);
  try {
    for await (const line of linesIn(zipped)) {
      const record = parseTrailLine(line);
      const kept = record && keep(record);
      if (kept) records.push(kept);
      if (!record) unreadable += 1;
    }
  } catch (error) {
    throw new Refused(
      `The object ${key} can't be read: ${plainLine(error instanceof Error ? error.message : error)}.`,
      'Run the command again. If the object is damaged, restore it: docs/operations.md#read-the-audit-trail.',
    );
  }
  return { storedAt, records, unreadable };
}

/** Unzips a stream and returns its lines, one at a time. */
async function* linesIn(zipped: Readable): AsyncGenerator<string> {
  // An error of the source ends the loop below with the same error.
  const text = pipeline(zipped, createGunzip(), () => undefined).setEncoding('utf8');
  let rest = '';
  for await (const chunk of text) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines.filter((line) => line !== '');
  }
  if (rest !== '') yield rest;
}

/** Does the same work for each item, a few at a time, and returns the results in the order of the items. */
async function* inOrder<Item, Done>(items: readonly Item[], work: (item: Item) => Promise<Done>): AsyncGenerator<Done> {
  const begun: Promise<Done>[] = [];
  const begin = (item: Item) => {
    const done = work(item);
    // It is awaited in its turn. Until then its failure is no failure of the process.
    done.catch(() => undefined);
    begun.push(done);
  };
  for (const [index, item] of items.entries()) {
    begin(item);
    if (index < AHEAD - 1) continue;
    const next = begun.shift();
    if (next) yield await next;
  }
  for (const next of begun) yield await next;
}
