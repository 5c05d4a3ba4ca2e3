import { BUCKET_OPTIONS, BUCKET_PERMISSIONS, findBucket, LATE_SECONDS } from '../audit-trail/audit-bucket.ts';
import { readChanges, type TrailQuery } from '../audit-trail/trail-changes.ts';
import { countSetAside, daysOf, type TrailBucket, type TrailRange } from '../audit-trail/trail-objects.ts';
import { type TrailRecord, txnIn } from '../audit-trail/trail-record.ts';
import { changeJson, changeText } from '../audit-trail/trail-text.ts';
import { command, type OptionSpecs, type OptionValues, type Rows } from '../command-line/command.ts';
import { WrongUsage } from '../command-line/failure.ts';
import { readInstant } from '../command-line/option-reading.ts';

/** The option that says from when on the trail is read. */
export const SINCE_OPTION = {
  since: {
    kind: 'text',
    value: 'WHEN',
    about: 'From when: 2h, 7d, 2026-11-01 or 2026-11-01T10:00:00Z, in UTC. Default: 7d.',
  },
} as const satisfies OptionSpecs;

const FILTERS = {
  user: { kind: 'text', value: 'SUB', about: 'Only about this user.' },
  client: { kind: 'text', value: 'ID', completes: 'clients', about: 'Only about this client.' },
  txn: { kind: 'text', value: 'TXN', about: 'Only about this authentication request; txn in log lines.' },
  actor: { kind: 'text', value: 'ARN', about: 'Only what this operator changed; also device or ticket.' },
} as const satisfies OptionSpecs;

/** `ciba audit` */
export const audit = command({
  name: 'audit',
  about: 'Shows the audit trail: decisions, tokens, and changes with who made them, oldest first.',
  notes: `A row is a change, with what became of it: done, refused, failed (part of it may have been made), or outcome unknown (the function died, or its last record is not there yet). Other events have no outcome. Records arrive up to ${LATE_SECONDS / 60} minutes late. With --json each row is one JSON object with the records themselves; evidence is left out, ciba evidence exports it. The exit code is 1 if something in the bucket could not be read. Your AWS identity needs ${BUCKET_PERMISSIONS}.`,
  needs: 'names',
  arguments: [],
  options: {
    ...FILTERS,
    ...SINCE_OPTION,
    until: { kind: 'text', value: 'WHEN', about: 'Up to when, in the same forms. Default: now.' },
    ...BUCKET_OPTIONS,
  },
  examples: [
    'ciba audit --stack ciba-production --since 2h',
    'ciba audit --stack ciba-production --client bank --since 2026-11-01 --until 2026-11-08',
    'ciba audit --user u-1001',
    'ciba audit --stack ciba-production --actor arn:aws:iam::111122223333:user/ops --json | jq .event',
  ],
  async run({ deployment, options, progress }) {
    const now = Math.floor(Date.now() / 1000);
    const range = readRange(options, now);
    const bucket = await findBucket(deployment, options);
    return { rows: rowsOf(bucket, { ...range, matches: matcherOf(options) }, { now, progress }) };
  },
});

async function* rowsOf(
  bucket: TrailBucket,
  query: TrailQuery,
  { now, progress }: { now: number; progress: (text: string) => void },
): Rows {
  const reading = { unreadable: 0 };
  for await (const change of readChanges(bucket, query, { now, progress, reading }))
    yield { json: changeJson(change), text: changeText(change) };
  const setAside = await countSetAside(bucket, daysOf(query, now));
  const { lateSeconds: late } = bucket;
  const notes = [
    ...(reading.unreadable > 0 ? [`${reading.unreadable} lines in the bucket are no audit records.`] : []),
    ...(setAside > 0
      ? [`Not in this list: ${setAside} objects under not-delivered/ (docs/operations.md#alarm-audit-not-delivered).`]
      : []),
    ...(query.until > now - late && late > 0 ? [`Records of the last ${late / 60} minutes may still arrive.`] : []),
  ];
  return { notes, failed: reading.unreadable > 0 || setAside > 0 };
}

/** Reads `--since` and `--until`. The end is after now by default, because clocks differ. */
export function readRange({ since = '7d', until }: { since?: string; until?: string }, now: number): TrailRange {
  const range = {
    since: readInstant(since, now),
    until: until === undefined ? Number.MAX_SAFE_INTEGER : readInstant(until, now),
  };
  if (range.since >= range.until) throw new WrongUsage('--until must be later than --since');
  return range;
}

/** A change matches if each filter finds what it looks for in one of its records. */
function matcherOf({ user, client, txn, actor }: OptionValues<typeof FILTERS>): TrailQuery['matches'] {
  const filters: ((record: TrailRecord) => boolean)[] = [];
  if (user !== undefined) filters.push(({ sub }) => sub === user);
  if (client !== undefined) filters.push(({ clientId }) => clientId === client);
  if (txn !== undefined) filters.push((record) => txnIn(record) === txn);
  if (actor !== undefined) filters.push(({ by }) => by === actor);
  return (records) => filters.every((filter) => records.some(filter));
}
