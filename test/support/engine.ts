import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe } from 'vitest';
import { startDynalite } from '../../local/aws/dynalite.ts';
import type { DynamoDBEngine } from '../../local/aws/dynamodb-engine.ts';
import { startDynamoDBLocal } from '../../local/aws/dynamodb-local.ts';
import { AwsServer } from '../../local/aws/server.ts';
import type { RuntimeOptions } from '../../local/runtime/runtime.ts';
import { createTables } from '../../local/runtime/tables.ts';
import { startMemoryDynamoDB } from '../life/dynamodb/memory-engine.ts';
import { startEmulatedDynamoDB } from './emulator/dynamodb.ts';
import { canRun, ENGINES, type Engine } from './engines.ts';

/** A DynamoDB engine with both tables, and a client for it. */
export type EngineUnderTest = { readonly client: DynamoDBClient; readonly aws: AwsServer; close(): Promise<void> };

/** What the contract suite runs on: the engine of `test/life/` must behave like the others. */
const HELD: readonly Engine[] = ENGINES.includes('dynalite') ? [...ENGINES, 'memory'] : ENGINES;

/** Describes something on each engine. What this machine can not run is skipped, so that it is counted as skipped. */
export function describeOnEngines(title: string, tests: (engine: Engine) => void, engines = HELD): void {
  for (const engine of engines) describe.skipIf(!canRun(engine))(`${title} on ${engine}`, () => tests(engine));
}

const STARTS: Readonly<Record<Engine, () => Promise<DynamoDBEngine>>> = {
  dynalite: () => startDynalite(undefined),
  'dynamodb-local': () => startDynamoDBLocal(undefined),
  ministack: startEmulatedDynamoDB,
  memory: startMemoryDynamoDB,
};

/** Returns the option that makes a whole provider use this engine. */
export function runsOn(engine: Engine): Pick<RuntimeOptions, 'dynamodb'> {
  return { dynamodb: STARTS[engine] };
}

/** Starts an engine behind the same stand-in that the local runtime uses. */
export async function startEngine(engine: Engine): Promise<EngineUnderTest> {
  const dynamodb = await STARTS[engine]();
  const aws = new AwsServer({ dynamodb: (call) => dynamodb.serve(call) });
  const endpoint = await aws.listen();
  await createTables(endpoint);
  const credentials = { accessKeyId: 'contract', secretAccessKey: 'contract' };
  const client = new DynamoDBClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 3 });
  return {
    client,
    aws,
    close: async () => {
      client.destroy();
      await aws.close();
      await dynamodb.close();
    },
  };
}
