import {
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { ConditionFailed, type MemoryDynamoDB } from '../dynamodb/memory-dynamodb.ts';
import type { CallOf } from './invocation.ts';
import { type CallWords, wordsOf } from './words.ts';

/** Makes a call of AWS in the name of the invocation that runs. */
export type MakeCall = <Answer>(call: CallOf<Answer>) => Promise<Answer>;

const BASE = new DynamoDBClient({
  region: 'eu-central-1',
  credentials: { accessKeyId: 'life', secretAccessKey: 'life' },
});

/** AWS does not answer, or refuses to serve. */
export class Outage extends Error {
  override readonly name = 'ServiceUnavailable';
}

const outage = (): never => {
  throw new Outage('AWS is out');
};

/** A client of DynamoDB whose calls go to the memory, each when its time has come. */
export function dynamodbClient(engine: MemoryDynamoDB, make: MakeCall, names: CallWords): DynamoDBClient {
  const client: DynamoDBClient = Object.create(BASE);
  const send = (command: object): Promise<object> => {
    const { words, kind } = wordsOf(command, names);
    const effect = (attempt: number) => run(engine, command, attempt);
    return make<object>({ words, kind, effect, outage });
  };
  return Object.assign(client, { send });
}

function run(engine: MemoryDynamoDB, command: object, attempts: number): object {
  try {
    if (command instanceof UpdateItemCommand) return engine.update(command.input);
    if (command instanceof PutItemCommand) return engine.put(command.input);
    if (command instanceof GetItemCommand) return engine.get(command.input);
    if (command instanceof QueryCommand) return engine.query(command.input);
    if (command instanceof BatchGetItemCommand) return engine.batchGet(command.input);
    if (command instanceof DeleteItemCommand) return engine.delete(command.input);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const { message, item } = error;
    throw new ConditionalCheckFailedException({ message, $metadata: { attempts }, ...(item && { Item: item }) });
  }
  throw new Error(`an unknown command: ${command.constructor.name}`);
}
