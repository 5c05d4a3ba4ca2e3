import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StreamRecord, withStreams } from '../../local/aws/change-stream.ts';
import { startDynalite } from '../../local/aws/dynalite.ts';
import type { DynamoDBEngine } from '../../local/aws/dynamodb-engine.ts';
import { startDynamoDBLocal } from '../../local/aws/dynamodb-local.ts';
import { canRun } from '../support/engines.ts';

// The stand-in for DynamoDB Streams: the same writes must make the same records as in AWS's own DynamoDB Local.

const TABLE = 'Streamed';
type Told = { readonly name: string; readonly keys: unknown; readonly before: unknown; readonly after: unknown };

const key = (pk: string) => ({ pk: { S: pk }, sk: { S: 'x' } });
const put = (pk: string, more: object = {}) => ['PutItem', { Item: { ...key(pk), ...more } }] as const;
const update = (pk: string, value: string, ConditionExpression?: string) =>
  [
    'UpdateItem',
    {
      Key: key(pk),
      UpdateExpression: 'SET #v = :v',
      ExpressionAttributeNames: { '#v': 'value' },
      ExpressionAttributeValues: { ':v': { S: value } },
      ...(ConditionExpression && { ConditionExpression }),
    },
  ] as const;
const remove = (pk: string) => ['DeleteItem', { Key: key(pk) }] as const;

/** Writes of all kinds, those that fail or change nothing among them. */
const WRITES = [
  put('a', { value: { S: '1' }, list: { L: [{ N: '1' }, { BOOL: true }] } }),
  put('a', { value: { S: '1' }, list: { L: [{ N: '1' }, { BOOL: true }] } }),
  put('a', { value: { S: '2' } }),
  update('a', '3'),
  update('a', '3'),
  update('a', '4', 'attribute_not_exists(pk)'),
  update('b', '1'),
  update('a', '5', 'attribute_exists(pk)'),
  remove('b'),
  remove('b'),
  put('b'),
] as const;

let engine: DynamoDBEngine;
const told: Told[] = [];

async function call(at: DynamoDBEngine, action: string, input: object): Promise<Record<string, unknown>> {
  const body = Buffer.from(JSON.stringify(input));
  const answer = await at.serve({ caller: 'test', service: 'dynamodb', action, input: { ...input }, body });
  return JSON.parse(answer.body.toString()) as Record<string, unknown>;
}

async function makeTable(at: DynamoDBEngine): Promise<Record<string, unknown>> {
  const { TableDescription } = await call(at, 'CreateTable', {
    TableName: TABLE,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_AND_OLD_IMAGES' },
  });
  return TableDescription as Record<string, unknown>;
}

const toldBy = ({ eventName: name, dynamodb }: Pick<StreamRecord, 'eventName' | 'dynamodb'>): Told => ({
  name,
  keys: dynamodb.Keys,
  before: dynamodb.OldImage,
  after: dynamodb.NewImage,
});

/** Makes the stand-in over an engine, and all writes. */
async function writeAll(plain: DynamoDBEngine): Promise<void> {
  const streamed = withStreams(plain, { now: () => 1, onRecord: (_, record) => told.push(toldBy(record)) });
  for (const [action, input] of WRITES) await call(streamed, action, { TableName: TABLE, ...input });
}

const EXPECTED = ['INSERT a', 'MODIFY a', 'MODIFY a', 'INSERT b', 'MODIFY a', 'REMOVE b', 'INSERT b'];
const names = (all: readonly Told[]) => all.map(({ name, keys }) => `${name} ${(keys as ReturnType<typeof key>).pk.S}`);

describe('the stand-in for streams over dynalite', () => {
  beforeAll(async () => {
    told.length = 0;
    engine = await startDynalite(undefined);
    await makeTable(engine);
    await writeAll(engine);
  });
  afterAll(() => engine?.close());

  it('tells each write that changed an item, and no other', () => {
    expect(names(told)).toEqual(EXPECTED);
  });
});

describe.skipIf(!canRun('dynamodb-local'))('the stand-in for streams over DynamoDB Local', () => {
  let own: readonly Told[];
  beforeAll(async () => {
    told.length = 0;
    engine = await startDynamoDBLocal(undefined);
    const { LatestStreamArn: StreamArn } = await makeTable(engine);
    await writeAll(engine);
    const streams = (action: string, input: object) => call(engine, `DynamoDBStreams_20120810.${action}`, input);
    const { StreamDescription } = await streams('DescribeStream', { StreamArn });
    const { Shards } = StreamDescription as { Shards: { ShardId: string }[] };
    const read = async ({ ShardId }: { ShardId: string }): Promise<readonly Told[]> => {
      const from = { StreamArn, ShardId, ShardIteratorType: 'TRIM_HORIZON' };
      const { ShardIterator } = await streams('GetShardIterator', from);
      const { Records } = await streams('GetRecords', { ShardIterator });
      return (Records as StreamRecord[]).map(toldBy);
    };
    own = (await Promise.all(Shards.map(read))).flat();
  }, 120_000);
  afterAll(() => engine?.close());

  it('tells what the stream of DynamoDB Local tells: the same writes with the same images', () => {
    expect(names(own)).toEqual(EXPECTED);
    expect(told).toEqual(own);
  });
});
