import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import type { DynamoDBEngine } from './dynamodb-engine.ts';
import { isWrite, keyOf, lockOf } from './item-writes.ts';
import { KeyedLocks } from './keyed-locks.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

type Image = Readonly<Record<string, unknown>>;
/** One record of a stream with new and old images, as Lambda passes it to a function. */
export type StreamRecord = {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: '1.1';
  readonly eventSource: 'aws:dynamodb';
  readonly awsRegion: string;
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly Keys: unknown;
    readonly NewImage?: Image;
    readonly OldImage?: Image;
    readonly SequenceNumber: string;
    readonly StreamViewType: 'NEW_AND_OLD_IMAGES';
  };
  readonly eventSourceARN: string;
};
type StreamOptions = {
  /** Epoch seconds. */
  readonly now: () => number;
  readonly onRecord: (table: string, record: StreamRecord) => void;
};

const found = v.object({ Item: v.optional(v.record(v.string(), v.unknown())) });
const REGION = 'eu-central-1';

/**
 * Adds streams to an engine that has none: each write that changes an item makes a record of the item before and after
 * it. Writes to one item run one after the other, and each is read before and after. So this is only for runs that ask
 * for streams. What expires is not removed here, so no record tells a removal by TTL.
 */
export function withStreams(engine: DynamoDBEngine, options: StreamOptions): DynamoDBEngine {
  const locks = new KeyedLocks();
  let sequence = 0;
  const write = async (call: AwsCall): Promise<AwsAnswer> => {
    const before = await read(engine, call);
    const answer = await engine.serve(call);
    if (answer.status !== 200) return answer;
    const after = await read(engine, call);
    const table = String(call.input['TableName']);
    sequence += 1;
    const record = recordOf(call, { before, after, sequence, now: options.now() });
    if (record) options.onRecord(table, record);
    return answer;
  };
  return {
    serve: (call) => (isWrite(call.action) ? locks.run(lockOf(call), () => write(call)) : engine.serve(call)),
    close: () => engine.close(),
  };
}

/** Reads the item that a call writes. */
async function read(engine: DynamoDBEngine, call: AwsCall): Promise<Image | undefined> {
  const input = { TableName: call.input['TableName'], Key: keyOf(call), ConsistentRead: true };
  const answer = await engine.serve({ ...call, action: 'GetItem', input, body: Buffer.from(JSON.stringify(input)) });
  return v.parse(found, JSON.parse(answer.body.toString())).Item;
}

/** Makes the record of a write. Undefined if the item is the same after it: then DynamoDB tells nothing either. */
function recordOf(
  call: AwsCall,
  {
    before,
    after,
    sequence,
    now,
  }: { before?: Image | undefined; after?: Image | undefined; sequence: number; now: number },
): StreamRecord | undefined {
  if (same(before, after)) return undefined;
  return {
    eventID: randomBytes(16).toString('hex'),
    eventName: nameOf(before, after),
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: REGION,
    dynamodb: {
      ApproximateCreationDateTime: now,
      Keys: keyOf(call),
      ...(after && { NewImage: after }),
      ...(before && { OldImage: before }),
      SequenceNumber: String(sequence).padStart(21, '0'),
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: `arn:aws:dynamodb:${REGION}:000000000000:table/${call.input['TableName']}/stream/local`,
  };
}

function nameOf(before: Image | undefined, after: Image | undefined): StreamRecord['eventName'] {
  if (!before) return 'INSERT';
  return after ? 'MODIFY' : 'REMOVE';
}

/** Whether two images have the same members. Engines may give them in another order. */
function same(one: Image | undefined, other: Image | undefined): boolean {
  const sorted = (image: Image | undefined) =>
    image && JSON.stringify(Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}
