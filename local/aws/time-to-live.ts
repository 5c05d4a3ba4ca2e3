import * as v from 'valibot';
import type { DynamoDBEngine } from './dynamodb-engine.ts';
import { jsonAnswer } from './json-answer.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

const updated = v.object({
  TableName: v.string(),
  TimeToLiveSpecification: v.object({ AttributeName: v.string(), Enabled: v.boolean() }),
});
const scanned = v.object({
  Items: v.array(v.record(v.string(), v.unknown())),
  LastEvaluatedKey: v.optional(v.unknown()),
});

/** Adds TTL to an engine that lacks it. As in DynamoDB, an item is deleted some time after its end, not at it. */
export function withTimeToLive(engine: DynamoDBEngine): DynamoDBEngine {
  const attributes = new Map<string, string>();
  return {
    serve: async (call) => {
      if (call.action !== 'UpdateTimeToLive') return engine.serve(call);
      const { TableName, TimeToLiveSpecification } = v.parse(updated, call.input);
      if (TimeToLiveSpecification.Enabled) attributes.set(TableName, TimeToLiveSpecification.AttributeName);
      return jsonAnswer('1.0', { TimeToLiveSpecification });
    },
    sweep: async (now) => {
      let deleted = 0;
      for (const [table, attribute] of attributes) deleted += await sweepTable(engine, { table, attribute, now });
      return deleted;
    },
    close: () => engine.close(),
  };
}

type Sweep = { readonly table: string; readonly attribute: string; readonly now: number };

async function sweepTable(engine: DynamoDBEngine, { table, attribute, now }: Sweep): Promise<number> {
  const past = {
    TableName: table,
    ExpressionAttributeNames: { '#ttl': attribute },
    ExpressionAttributeValues: { ':now': { N: String(now) } },
  };
  let deleted = 0;
  let from: unknown;
  do {
    const input = { ...past, FilterExpression: '#ttl < :now', ...(from !== undefined && { ExclusiveStartKey: from }) };
    const page = v.parse(scanned, bodyOf(await engine.serve(callOf('Scan', input))));
    for (const { pk, sk } of page.Items) {
      // The item may have been written anew since the scan.
      const key = { ...past, Key: { pk, sk }, ConditionExpression: '#ttl < :now' };
      const { status } = await engine.serve(callOf('DeleteItem', key));
      if (status === 200) deleted += 1;
    }
    from = page.LastEvaluatedKey;
  } while (from !== undefined);
  return deleted;
}

function callOf(action: string, input: Readonly<Record<string, unknown>>): AwsCall {
  return { caller: 'time-to-live', service: 'dynamodb', action, input, body: Buffer.from(JSON.stringify(input)) };
}

function bodyOf({ body }: AwsAnswer): unknown {
  return JSON.parse(body.toString());
}
