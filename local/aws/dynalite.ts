import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import * as v from 'valibot';
import { type DynamoDBEngine, engineHeaders } from './dynamodb-engine.ts';
import { isWrite, keyOf, lockOf } from './item-writes.ts';
import { AWS_JSON, jsonAnswer } from './json-answer.ts';
import { KeyedLocks } from './keyed-locks.ts';
import type { AwsAnswer, AwsCall } from './server.ts';
import { withTimeToLive } from './time-to-live.ts';

type DynaliteOptions = { createTableMs: number; deleteTableMs: number; updateTableMs: number; path?: string };
// The package has no types.
const dynalite = createRequire(import.meta.url)('dynalite') as (options: DynaliteOptions) => Server;

const FAILED_CONDITION = 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException';

const failedCondition = v.looseObject({ __type: v.literal(FAILED_CONDITION) });
const readItem = v.object({ Item: v.optional(v.unknown()) });

/**
 * Starts dynalite in this process, and adds what it lacks. dynalite returns no old item on a failed condition, so
 * writes to one key run one after the other, and the item is read before the next write. It has no TTL either.
 */
export async function startDynalite(folder: string | undefined): Promise<DynamoDBEngine> {
  const server = dynalite({
    createTableMs: 0,
    deleteTableMs: 0,
    updateTableMs: 0,
    ...(folder !== undefined && { path: folder }),
  });
  // Node closes idle connections after 5 seconds, and a call that is just being sent on one of them would fail.
  server.keepAliveTimeout = 0;
  // A socket in its own folder, because other programs and web pages could find a port.
  const socketFolder = await mkdtemp(join(tmpdir(), 'ciba-'));
  const socketPath = join(socketFolder, 'dynalite');
  await new Promise<void>((resolve) => server.listen(socketPath, () => resolve()));
  const agent = new Agent({ keepAlive: true });
  const locks = new KeyedLocks();
  // A call whose caller is gone still runs in dynalite, which must not lose its database in the meantime.
  const running = new Set<Promise<AwsAnswer>>();
  const send = (action: string, body: Buffer): Promise<AwsAnswer> => {
    const answer = forward({ agent, socketPath }, action, body).finally(() => running.delete(answer));
    running.add(answer);
    return answer;
  };
  return withTimeToLive({
    serve: (call) =>
      isWrite(call.action) ? locks.run(lockOf(call), () => write(call, send)) : send(call.action, call.body),
    close: async () => {
      while (running.size > 0) await Promise.allSettled(running);
      agent.destroy();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await rm(socketFolder, { recursive: true });
    },
  });
}

async function write(call: AwsCall, send: (action: string, body: Buffer) => Promise<AwsAnswer>): Promise<AwsAnswer> {
  const answer = await send(call.action, call.body);
  if (answer.status !== 400 || call.input['ReturnValuesOnConditionCheckFailure'] !== 'ALL_OLD') return answer;
  const failure = v.safeParse(failedCondition, JSON.parse(answer.body.toString()));
  if (!failure.success) return answer;
  const read = { TableName: call.input['TableName'], Key: keyOf(call), ConsistentRead: true };
  const found = await send('GetItem', Buffer.from(JSON.stringify(read)));
  const { Item } = v.parse(readItem, JSON.parse(found.body.toString()));
  return jsonAnswer('1.0', { ...failure.output, ...(Item !== undefined && { Item }) }, answer.status);
}

function forward(to: { agent: Agent; socketPath: string }, action: string, body: Buffer): Promise<AwsAnswer> {
  return new Promise((resolve, reject) => {
    const headers = { ...engineHeaders(action), 'content-length': body.length };
    const outgoing = request({ ...to, method: 'POST', path: '/', headers }, (incoming) => {
      buffer(incoming).then(
        (bytes) =>
          resolve({ status: incoming.statusCode ?? 500, headers: { 'content-type': AWS_JSON['1.0'] }, body: bytes }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}
