import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, ScanCommand, type ScanCommandOutput } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import * as v from 'valibot';
import { type FindKeys, unsealWith } from '../../cli/audit-trail/sealed-evidence.ts';
import { parseTrailLine } from '../../cli/audit-trail/trail-record.ts';
import { tableNames } from '../../local/runtime/tables.ts';

/** An authentication request as the table has it. */
const storedRequest = v.looseObject({
  pk: v.string(),
  state: v.string(),
  client_id: v.string(),
  sub: v.string(),
  expires_at: v.number(),
  grant: v.optional(v.string()),
  decided_at: v.optional(v.number()),
  claimed_by: v.optional(v.string()),
});
/** What is stored for a ping. `auth_req_id` is there until the client was told. */
const storedNotification = v.looseObject({ pk: v.string(), auth_req_id: v.optional(v.string()) });

const anyItem = v.looseObject({ pk: v.string() });
const evidenceKey = v.object({ pk: v.string(), profile_id: v.string(), key: v.string() });

export type StoredRequest = v.InferOutput<typeof storedRequest> & { readonly requestId: string };
export type StoredNotification = v.InferOutput<typeof storedNotification> & { readonly requestId: string };

/** A record of the audit trail. */
const trailRecord = v.looseObject({
  id: v.string(),
  at: v.number(),
  event: v.string(),
  requestId: v.optional(v.string()),
  change: v.optional(v.string()),
  phase: v.optional(v.picklist(['intended', 'done', 'refused', 'failed'])),
  outcome: v.optional(v.string()),
  decision: v.optional(v.string()),
  /** The signed answer, from the evidence that was opened. */
  response: v.optional(v.string()),
});
export type TrailRecord = v.InferOutput<typeof trailRecord>;

/** How long the trail must be unchanged before it is read. Copies of records come through the log, after the answers. */
const QUIET_MILLISECONDS = 2_000;

/** Reads all requests and notifications from the table. */
export async function readRequests(
  endpoint: string,
): Promise<{ requests: StoredRequest[]; notifications: StoredNotification[] }> {
  const requests: StoredRequest[] = [];
  const notifications: StoredNotification[] = [];
  for (const item of await readTable(endpoint, tableNames.transactions)) {
    const [kind, requestId = ''] = item.pk.split('#');
    if (kind === 'REQUEST') requests.push({ ...v.parse(storedRequest, item), requestId });
    if (kind === 'NOTIFICATION') notifications.push({ ...v.parse(storedNotification, item), requestId });
  }
  return { requests, notifications };
}

/** Reads the keys that open evidence. */
export async function readEvidenceKeys(endpoint: string): Promise<FindKeys> {
  const items = await readTable(endpoint, tableNames.directory);
  const keys = items.filter(({ pk }) => pk.startsWith('EVIDENCEKEY#')).map((item) => v.parse(evidenceKey, item));
  return async (sub) => keys.filter(({ pk }) => pk === `EVIDENCEKEY#${sub}`);
}

async function readTable(endpoint: string, TableName: string): Promise<readonly v.InferOutput<typeof anyItem>[]> {
  const credentials = { accessKeyId: 'load', secretAccessKey: 'load' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials });
  const items: v.InferOutput<typeof anyItem>[] = [];
  let start: ScanCommandOutput['LastEvaluatedKey'];
  do {
    const input = { TableName, ConsistentRead: true, ...(start && { ExclusiveStartKey: start }) };
    const page: ScanCommandOutput = await client.send(new ScanCommand(input));
    items.push(...(page.Items ?? []).map((item) => v.parse(anyItem, unmarshall(item))));
    start = page.LastEvaluatedKey;
  } while (start);
  client.destroy();
  return items;
}

/** Returns the bytes of the audit trail in a data folder, as soon as it no longer grows. */
export async function trailSize(dataFolder: string): Promise<number> {
  const file = join(dataFolder, 'audit.jsonl');
  for (let size = -1; ; await pause(QUIET_MILLISECONDS)) {
    const { size: now } = await stat(file);
    if (now === size) return size;
    size = now;
  }
}

/** Reads the audit trail of a data folder, and opens the evidence in it. */
export async function readTrail(dataFolder: string, findKeys: FindKeys): Promise<readonly TrailRecord[]> {
  const text = await readFile(join(dataFolder, 'audit.jsonl'), 'utf8');
  const records = text.split('\n').flatMap((line) => (line === '' ? [] : (parseTrailLine(line) ?? [])));
  return (await unsealWith(findKeys)(records)).map((record) => v.parse(trailRecord, record));
}
