import { describe, expect, it } from 'vitest';
import { readChanges, type TrailChange } from '../../../cli/audit-trail/trail-changes.ts';
import { daysOf } from '../../../cli/audit-trail/trail-objects.ts';
import type { TrailRecord } from '../../../cli/audit-trail/trail-record.ts';
import { change, copyOf, MadeBucket, NOON, record } from './made-bucket.ts';

const DAY = 86_400;
const all = { since: NOON - DAY, until: NOON + DAY };
type More = { since?: number; until?: number; matches?: (records: readonly TrailRecord[]) => boolean };

async function readAll(bucket: MadeBucket, more: More = {}) {
  const reading = { unreadable: 0 };
  const query = { ...all, matches: () => true, ...more };
  const changes: TrailChange[] = [];
  const options = { now: NOON + DAY, progress: () => undefined, reading };
  for await (const one of readChanges(bucket, query, options)) changes.push(one);
  return { changes, reading };
}
const told = ({ changes }: { changes: readonly TrailChange[] }) =>
  changes.map(({ at, outcome, records }) => [at - NOON, records.at(-1)?.event, outcome, records.length]);

describe('the audit trail, read from its bucket', () => {
  it('shows intention and outcome of one change together', async () => {
    const bucket = new MadeBucket().put('records', NOON + 300, change('c1'));
    expect(told(await readAll(bucket))).toEqual([[0, 'client_updated', 'done', 2]]);
  });

  it.each(['done', 'refused', 'failed'])('tells that a change was %s', async (phase) => {
    const [intention, outcome] = change('c1');
    const bucket = new MadeBucket().put('records', NOON + 300, [intention, { ...outcome, phase }]);
    expect(told(await readAll(bucket))).toEqual([[0, 'client_updated', phase, 2]]);
  });

  it('tells that the outcome of a change is unknown', async () => {
    const [intention] = change('c1');
    const bucket = new MadeBucket().put('records', NOON + 300, [intention]);
    expect(told(await readAll(bucket))).toEqual([[0, 'client_updated', 'unknown', 1]]);
  });

  it('pairs them when they are in different objects, in either order, and across midnight', async () => {
    const midnight = NOON + DAY / 2;
    const [intention, outcome] = change('c1', { at: midnight - 1 });
    const bucket = new MadeBucket()
      .put('records', midnight - 300, [{ ...outcome, at: midnight }])
      .put('records', midnight + 200, [intention]);
    expect(told(await readAll(bucket))).toEqual([[DAY / 2 - 1, 'client_updated', 'done', 2]]);
  });

  it('drops what it has twice, as a record and as its copy, or stored twice', async () => {
    const [intention, outcome] = change('c1');
    const event = record({ event: 'tokens_issued' });
    const bucket = new MadeBucket()
      .put('records', NOON + 300, [intention, outcome, intention])
      .put('audit', NOON + 400, [copyOf(intention), copyOf(outcome), copyOf(event)])
      .put('audit', NOON + 4 * 3600, [copyOf(outcome), copyOf(event)]);
    expect(told(await readAll(bucket))).toEqual([
      [0, 'client_updated', 'done', 2],
      [0, 'tokens_issued', undefined, 1],
    ]);
  });

  it('is complete when a record is there as its copy alone', async () => {
    const [intention, outcome] = change('c1');
    const bucket = new MadeBucket().put('records', NOON + 300, [intention]).put('audit', NOON + 300, [copyOf(outcome)]);
    expect(told(await readAll(bucket))).toEqual([[0, 'client_updated', 'done', 2]]);
  });

  it('comes oldest first, although the two ways are not equally fast', async () => {
    const event = (at: number) => record({ event: 'tokens_issued', at: NOON + at });
    const bucket = new MadeBucket()
      .put('records', NOON + 300, [event(200), event(100)])
      .put('audit', NOON + 600, [copyOf(event(150)), copyOf(event(50))]);
    expect((await readAll(bucket)).changes.map(({ at }) => at - NOON)).toEqual([50, 100, 150, 200]);
  });

  it('has the records of the range alone; a change belongs to the time of its intention', async () => {
    const [intention, outcome] = change('c1', { at: NOON + 99 });
    const bucket = new MadeBucket().put('records', NOON + 300, [
      record({ at: NOON - 1, event: 'too_early' }),
      intention,
      { ...outcome, at: NOON + 101 },
      record({ at: NOON + 100, event: 'too_late' }),
    ]);
    const read = await readAll(bucket, { since: NOON, until: NOON + 100 });
    expect(told(read)).toEqual([[99, 'client_updated', 'done', 2]]);
  });

  it('has a change if any of its records matches: the client is only in what the user saw', async () => {
    const details = Buffer.from(JSON.stringify({ client_id: 'bank' })).toString('base64url');
    const evidence = { response: 'a.b.c', details, publicKey: { kty: 'EC' } };
    const bucket = new MadeBucket().put('records', NOON + 300, [
      record({ event: 'decision_evidence', change: 'c1', phase: 'intended', ...evidence }),
      record({ event: 'decision_recorded', change: 'c1', phase: 'done' }),
      ...change('c2', { clientId: 'kiosk' }),
    ]);
    const matches = (records: readonly TrailRecord[]) => records.some(({ clientId }) => clientId === 'bank');
    const { changes } = await readAll(bucket, { matches });
    expect(told({ changes })).toEqual([[0, 'decision_recorded', 'done', 2]]);
    expect(JSON.stringify(changes)).not.toMatch(/a\.b\.c|publicKey/);
  });

  it("counts the lines that it can't read, and goes on", async () => {
    const lines = ['no json', '{"message":"request"}', '[]', '', record({}), '{"message":"audit","audit":{}}'];
    const { changes, reading } = await readAll(new MadeBucket().put('audit', NOON + 300, lines));
    expect(changes).toHaveLength(1);
    expect(reading.unreadable).toBe(4);
  });

  it('stops at an object that is not zipped, and names it', async () => {
    const bucket = new MadeBucket().putRaw('records/2026/11/30/broken.gz', NOON, Buffer.from('plain'));
    await expect(readAll(bucket)).rejects.toThrow(
      "The object records/2026/11/30/broken.gz can't be read: incorrect header",
    );
  });

  it('is held for about half an hour of records only, however long the range is', async () => {
    const bucket = new MadeBucket();
    for (let hour = -12; hour < 12; hour += 1) {
      const at = NOON + hour * 3600;
      bucket.put('records', at + 300, [record({ at, event: 'tokens_issued' })]);
    }
    const query = { ...all, matches: () => true };
    const options = { now: NOON + DAY, progress: () => undefined, reading: { unreadable: 0 } };
    const first = await readChanges(bucket, query, options).next();
    expect(first.value?.at).toBe(NOON - 12 * 3600);
    // Eight objects are read ahead, and the second one shows that the first is complete.
    expect(bucket.reads.length).toBeLessThan(11);
  });
});

describe('the days of a range', () => {
  it('begin where an object of the day before may hold the first record, and end a day late', () => {
    expect(daysOf({ since: NOON, until: NOON + 1 }, NOON + 3 * DAY)).toEqual(['2026/11/30', '2026/12/01']);
    const midnight = NOON - DAY / 2;
    expect(daysOf({ since: midnight, until: midnight + 1 }, midnight + 1)).toEqual(['2026/11/29', '2026/11/30']);
    expect(daysOf({ since: midnight + 900, until: midnight + 901 }, midnight + 901)).toEqual(['2026/11/30']);
  });

  it('do not go beyond today', () => {
    expect(daysOf({ since: NOON, until: Number.MAX_SAFE_INTEGER }, NOON + 60)).toEqual(['2026/11/30']);
    expect(daysOf({ since: NOON + 3 * DAY, until: Number.MAX_SAFE_INTEGER }, NOON)).toEqual([]);
  });
});
