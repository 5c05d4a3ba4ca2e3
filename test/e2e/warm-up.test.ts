import { afterEach, beforeEach, expect, it } from 'vitest';
import { expectTokens } from '../support/assertions.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type TestClient, World } from '../support/world.ts';

let world: World;
let client: TestClient;
let person: Awaited<ReturnType<World['person']>>;
beforeEach(async () => {
  world = await World.start();
  client = await world.client();
  person = await world.person();
});
afterEach(() => world?.close());

/** The AWS calls of a function while some work was done. */
async function callsOf(name: string, work: () => Promise<unknown>): Promise<string[]> {
  const before = world.runtime.aws.calls.length;
  await work();
  const calls = requestCalls(world.runtime.aws.calls.slice(before)).filter(({ caller }) => caller === name);
  return calls.map(({ service, action }) => `${service} ${action}`);
}

async function approved(): Promise<string> {
  const { authReqId, requestId } = await world.asked(client, { login_hint: person.email });
  await world.answer(person.phone, requestId, 'approve');
  return authReqId;
}

it('token opens its signing key while it loads, so that no call of a client waits for KMS', async () => {
  const authReqId = await approved();
  const loading = await callsOf('token', () => world.poll(client, 'unknown'));
  expect(loading.slice(0, 3)).toEqual(['dynamodb Query', 'dynamodb GetItem', 'kms Decrypt']);
  const final = await callsOf('token', async () => expectTokens(await world.poll(client, authReqId)));
  expect(final).not.toContain('kms Decrypt');
  expect(final).toHaveLength(4);
});

it.each(['device', 'backchannel-authentication'])(
  '%s opens its connection to DynamoDB while it loads, by reading what is nobody’s',
  async (name) => {
    const cold = await World.start();
    const path = name === 'device' ? '/device/requests' : '/bc-authorize';
    const method = name === 'device' ? 'GET' : 'POST';
    const { status } = await cold.send(path, { method });
    const calls = cold.runtime.aws.calls.filter(({ caller }) => caller === name);
    await cold.close();
    expect(status).toBeGreaterThanOrEqual(400);
    // The call reads the log level beside it.
    expect(calls.map(({ action }) => action).filter((action) => action !== 'GetItem')).toEqual(['Query']);
    expect(calls[0]?.body.toString()).toContain('USER#synthetic-login');
  },
);

it('an outage while token loads is no fault of the load, and the first call that meets it answers and logs one', async () => {
  const authReqId = await approved();
  world.runtime.aws.interference = () => ({ status: 500, body: '{"__type":"InternalServerError","message":"down"}' });
  const down = await world.poll(client, authReqId);
  expect([down.status, down.body['error']]).toEqual([500, 'server_error']);
  await expect.poll(() => world.logs.some((line) => line.includes('"message":"fault"'))).toBe(true);
  world.runtime.aws.interference = undefined;
  expectTokens(await world.poll(client, authReqId));
});

it('a key that KMS does not open while token loads is opened by the call that needs it', async () => {
  const authReqId = await approved();
  world.runtime.aws.interference = ({ action }) =>
    action === 'Decrypt' ? { status: 500, body: '{"__type":"KMSInternalException","message":"down"}' } : undefined;
  expect((await world.poll(client, 'unknown')).body['error']).toBe('invalid_grant');
  expect((await world.poll(client, authReqId)).body['error']).toBe('server_error');
  world.runtime.aws.interference = undefined;
  expectTokens(await world.poll(client, authReqId));
});
