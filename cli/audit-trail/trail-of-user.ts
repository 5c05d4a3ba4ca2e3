import { parseJsonObject } from '../command-line/json-object.ts';
import type { Unseal } from './sealed-evidence.ts';
import { daysOf, readDay, type TrailBucket, type TrailRange } from './trail-objects.ts';
import { openEvidence, type TrailRecord } from './trail-record.ts';

/** The records about a user, and how many lines of the bucket are no record. */
export type TrailOfUser = { readonly records: readonly TrailRecord[]; readonly unreadable: number };

/**
 * Reads the records about everybody who had this subject, oldest first and each once. Evidence that could be opened is
 * in them, with the document that was shown as JSON.
 */
export async function readTrailOfUser(
  bucket: TrailBucket,
  sub: string,
  { now, progress, open, ...range }: TrailRange & { now: number; progress: (text: string) => void; open: Unseal },
): Promise<TrailOfUser> {
  const found = new Map<string, TrailRecord>();
  let unreadable = 0;
  const keep = (record: TrailRecord) => (record.sub === sub && record.at >= range.since ? record : undefined);
  for (const day of daysOf(range, now)) {
    for await (const read of readDay(bucket, day, { keep, progress })) {
      unreadable += read.unreadable;
      for (const record of read.records) {
        const id = record.id ?? `none ${found.size}`;
        // The copy in the log has the same id, and leaves evidence out.
        if (!found.has(id) || record['sealed'] !== undefined) found.set(id, record);
      }
    }
  }
  const records = await open([...found.values()].toSorted((a, b) => a.at - b.at));
  return { records: records.map(readable), unreadable };
}

function readable(record: TrailRecord): TrailRecord {
  const evidence = openEvidence(record);
  if (!evidence) return record;
  const { sealed: _opened, ...rest } = record;
  return { ...rest, details: parseJsonObject(Buffer.from(evidence.details, 'base64url').toString()) };
}
