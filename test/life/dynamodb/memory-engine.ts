import type { DynamoDBEngine } from '../../../local/aws/dynamodb-engine.ts';
import { jsonAnswer } from '../../../local/aws/json-answer.ts';
import type { AwsAnswer, AwsCall } from '../../../local/aws/server.ts';
import { ConditionFailed, MemoryDynamoDB } from './memory-dynamodb.ts';

const FAILED_CONDITION = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';

/** The DynamoDB in memory behind DynamoDB's protocol, so that the contract suite can hold it to the other engines. */
export async function startMemoryDynamoDB(): Promise<DynamoDBEngine> {
  const memory = new MemoryDynamoDB();
  return { serve: async (call) => serve(memory, call), close: async () => undefined };
}

function serve(memory: MemoryDynamoDB, { action, body }: AwsCall): AwsAnswer {
  try {
    return jsonAnswer('1.0', written(run(memory, action, read(body.toString()))));
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const Item = error.item && { Item: written(error.item) };
    return jsonAnswer('1.0', { __type: FAILED_CONDITION, message: error.message, ...Item }, 400);
  }
}

function run(memory: MemoryDynamoDB, action: string, input: Input): object {
  switch (action) {
    case 'CreateTable':
      return { TableDescription: { TableName: input.TableName, TableStatus: 'ACTIVE' } };
    case 'UpdateTimeToLive':
      return {};
    case 'GetItem':
      return memory.get(input);
    case 'BatchGetItem':
      return memory.batchGet(input);
    case 'Query':
      return memory.query(input);
    case 'PutItem':
      return memory.put(input);
    case 'UpdateItem':
      return memory.update(input);
    case 'DeleteItem':
      return memory.delete(input);
    default:
      throw new Error(`an unknown action: ${action}`);
  }
}

/** The input of any call: each takes the members that it knows. */
type Input = Parameters<MemoryDynamoDB['query']>[0] &
  Parameters<MemoryDynamoDB['put']>[0] &
  Parameters<MemoryDynamoDB['update']>[0] &
  Parameters<MemoryDynamoDB['batchGet']>[0];

/** Bytes are in base64 on the wire: the value of a member B, which is a text there. */
function read(body: string): Input {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text, 'base64'));
  return JSON.parse(body, (name, value) => (name === 'B' && typeof value === 'string' ? bytes(value) : value));
}

function written(answer: object): unknown {
  const text = (value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value);
  return JSON.parse(JSON.stringify(answer, (_name, value) => text(value)));
}
