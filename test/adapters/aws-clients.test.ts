import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDynamoDB, createSqs } from '../../provider/adapters/aws-clients.ts';

beforeEach(() => {
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'first');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
});
afterEach(() => vi.unstubAllEnvs());

it.each([
  ['DynamoDB', createDynamoDB],
  ['SQS', createSqs],
])('the client of %s assembles its steps once for each kind of call', (_name, create) => {
  expect(create().config.cacheMiddleware).toBe(true);
});

it('calls of one kind share nothing but their steps: each has its own body, id and signature, and none grows', async () => {
  const client = createDynamoDB();
  const sent: { headers: Readonly<Record<string, string>>; body: string }[] = [];
  client.config.requestHandler.handle = async ({ headers, body }) => {
    sent.push({ headers, body });
    return { response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } };
  };
  const get = (pk: string) => client.send(new GetItemCommand({ TableName: 'Directory', Key: { pk: { S: pk } } }));
  await Promise.all(['a', 'b', 'c'].map(get));
  for (let i = 0; i < 50; i += 1) await get(`later ${i}`);

  const each = (header: string) => new Set(sent.map(({ headers }) => headers[header]));
  expect(sent).toHaveLength(53);
  expect(new Set(sent.map(({ body }) => body)).size).toBe(53);
  expect(each('amz-sdk-invocation-id').size).toBe(53);
  expect(each('authorization').size).toBe(53);
  expect(new Set(sent.map(({ headers }) => Object.values(headers).join('').length)).size).toBe(1);
});
