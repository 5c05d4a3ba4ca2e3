import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KeyedLocks } from './keyed-locks.ts';
import type { AwsAnswer, AwsCall } from './server.ts';

type DynaliteOptions = { createTableMs: number; deleteTableMs: number; updateTableMs: number; path?: string };
const dynalite = createRequire(import.meta.url)('dynalite') as (options: DynaliteOptions) => Server;

/** A DynamoDB engine: it answers DynamoDB calls until it is closed. */
export type DynamoDBEngine = { serve(call: AwsCall): Promise<AwsAnswer>; close(): Promise<void> };

const FAILED_CONDITION = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';

/**
 * dynalite in this process. What it lacks is made up for here: it returns no old item on a failed condition, so
 * conditional writes of one key are served one after the other and the item is read before the next may write.
 */
export async function startDynalite(folder: string | undefined): Promise<DynamoDBEngine> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder !== undefined && { path: folder }),
  });
  // A socket in a folder of its own: no port that another program or a web page could find.
  const socketFolder = await mkdtemp(join(tmpdir(), 'ciba-'));
  const socketPath = join(socketFolder, 'dynalite');
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  const agent = new Agent({ keepAlive: true });
  const locks = new KeyedLocks();
  const send = (action: string, body: Buffer): Promise<AwsAnswer> => forward(agent, socketPath, action, body);
  return {
    serve: (call) => (isWrite(call.action) ? locks.run(lockOf(call), () => write(call, send)) : serveOther(call, send)),
    close: async () => {
      agent.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(socketFolder, { recursive: true });
    },
  };
}

const isWrite = (action: string): boolean => ['PutItem', 'UpdateItem', 'DeleteItem'].includes(action);

function keyOf({ action, input }: AwsCall): unknown {
  if (action !== 'PutItem') return input['Key'];
  const { pk, sk } = input['Item'] as { pk: unknown; sk: unknown };
  return { pk, sk };
}

const lockOf = (call: AwsCall): string => JSON.stringify([call.input['TableName'], keyOf(call)]);

async function write(call: AwsCall, send: (action: string, body: Buffer) => Promise<AwsAnswer>): Promise<AwsAnswer> {
  const answer = await send(call.action, call.body);
  if (answer.status !== 400 || call.input['ReturnValuesOnConditionCheckFailure'] !== 'ALL_OLD') return answer;
  const failure = JSON.parse(answer.body.toString()) as { __type: string; message?: string };
  if (failure.__type !== FAILED_CONDITION) return answer;
  const read = { TableName: call.input['TableName'], Key: keyOf(call), ConsistentRead: true };
  const { Item } = JSON.parse((await send('GetItem', Buffer.from(JSON.stringify(read)))).body.toString()) as {
    Item?: unknown;
  };
  return { ...answer, headers: jsonHeaders, body: JSON.stringify({ ...failure, ...(Item !== undefined && { Item }) }) };
}

const jsonHeaders = { 'content-type': 'application/x-amz-json-1.0' };

/** Calls that dynalite does not know are answered as the real service would, without effect. */
async function serveOther(
  call: AwsCall,
  send: (action: string, body: Buffer) => Promise<AwsAnswer>,
): Promise<AwsAnswer> {
  if (call.action === 'UpdateTimeToLive') {
    return {
      status: 200,
      headers: jsonHeaders,
      body: JSON.stringify({ TimeToLiveSpecification: call.input['TimeToLiveSpecification'] }),
    };
  }
  return send(call.action, call.body);
}

function forward(agent: Agent, socketPath: string, action: string, body: Buffer): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${action}`,
      // dynalite checks that a signature is there, not what it is.
      authorization:
        'AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      'x-amz-date': '20260101T000000Z',
      'content-length': body.length,
    };
    const outgoing = request({ socketPath, method: 'POST', path: '/', agent, headers }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 500, headers: jsonHeaders, body: Buffer.concat(chunks) }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
