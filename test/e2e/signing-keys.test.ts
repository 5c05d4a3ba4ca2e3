import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type TestClient, World } from '../support/world.ts';

const DAY = 86_400;
let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;

beforeEach(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person();
});
afterEach(() => world?.close());

const rotate = (order: Record<string, unknown> = {}) =>
  world.runtime.host.invoke('signing-keys', { action: 'rotate', ...order });
const kids = async (): Promise<string[]> => {
  world.runtime.advance(301);
  const { body } = await world.send('/.well-known/jwks.json', {});
  return (body['keys'] as { kid: string; alg: string }[]).filter(({ alg }) => alg === 'RS256').map(({ kid }) => kid);
};
const signer = async (): Promise<string | undefined> => {
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  await world.answer(person.phone, requestId, 'approve');
  return decodeProtectedHeader(String((await world.poll(client, authReqId)).body['id_token'])).kid;
};

it('moves keys from next to active to retiring to gone, each published before it signs', async () => {
  const first = await signer();
  const [before] = [await kids()];
  const next = before.find((kid) => kid !== first);
  await rotate();
  expect(await kids()).toEqual(before);
  world.runtime.advance(91 * DAY);
  await rotate();
  const during = await kids();
  expect(during).toHaveLength(3);
  expect(during).toEqual(expect.arrayContaining(before));
  expect(await signer()).toBe(next);
  world.runtime.advance(3 * DAY);
  await rotate();
  expect(await kids()).not.toContain(first);
  expect(await kids()).toHaveLength(2);
});

it('revokes a key at once: gone from the key set, its successor signs within 5 minutes', async () => {
  const first = await signer();
  const report = (await world.runtime.host.invoke('signing-keys', { action: 'revoke', kid: first })) as {
    steps: { step: string }[];
  };
  expect(report.steps.map(({ step }) => step)).toEqual(['activate', 'create', 'revoke']);
  expect(await kids()).not.toContain(first);
  expect(await signer()).not.toBe(first);
});

it('is safe to run twice at once: no generation is made twice, and there is a signer throughout', async () => {
  world.runtime.advance(91 * DAY);
  const runs = await Promise.allSettled([rotate(), rotate(), rotate()]);
  expect(runs.some(({ status }) => status === 'fulfilled')).toBe(true);
  // Whoever repeats a call whose answer got lost does not know which run was first. A busy machine may lose one.
  for (const run of runs.filter(({ status }) => status === 'rejected'))
    expect(run).toMatchObject({ reason: { message: expect.stringContaining('another run changed the key') } });
  expect(await kids()).toHaveLength(3);
  expect(await signer()).toBeDefined();
});

it('refuses an order it does not know, so that the invocation counts as failed', async () => {
  for (const order of [
    { action: 'delete' },
    { action: 'revoke' },
    { action: 'revoke', kid: 'nobody' },
    'rotate',
    { action: 'rotate', extra: 1 },
  ]) {
    await expect(world.runtime.host.invoke('signing-keys', order)).rejects.toThrow();
  }
});

it('costs one KMS call a key and warm function, and a cold start costs one more', async () => {
  const decrypts = () => world.runtime.aws.calls.filter(({ action }) => action === 'Decrypt').length;
  await signer();
  await signer();
  expect(decrypts()).toBe(1);
  await world.runtime.host.cool();
  await signer();
  expect(decrypts()).toBe(2);
});

it('cannot be signed with when the stored key was swapped for another: KMS binds it to its kid', async () => {
  const { DynamoDBClient, QueryCommand, UpdateItemCommand } = await import('@aws-sdk/client-dynamodb');
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const dynamodb = new DynamoDBClient({ endpoint: world.runtime.awsEndpoint, region: 'eu-central-1', credentials });
  const query = { KeyConditionExpression: 'pk = :pk', ExpressionAttributeValues: { ':pk': { S: 'PRIVATEKEY#RS256' } } };
  const { Items = [] } = await dynamodb.send(new QueryCommand({ TableName: 'Directory', ...query }));
  const [active, next] = Items;
  if (!active?.['pk'] || !active['sk'] || !next?.['ciphertext']) throw new Error('keys are missing');
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: 'Directory',
      Key: { pk: active['pk'], sk: active['sk'] },
      UpdateExpression: 'SET ciphertext = :other',
      ExpressionAttributeValues: { ':other': next['ciphertext'] },
    }),
  );
  await world.runtime.host.cool();
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  await world.answer(person.phone, requestId, 'approve');
  expect((await world.poll(client, authReqId)).status).toBe(500);
});
