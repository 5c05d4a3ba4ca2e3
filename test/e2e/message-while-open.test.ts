import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { expectRefusal } from '../support/assertions.ts';
import { requestCalls } from '../support/request-calls.ts';
import { type TestClient, World } from '../support/world.ts';

// A whole provider in which a request needs a binding message while its user has another open one. The clock stands still.

const NEEDED = { status: 400, error: 'invalid_binding_message', reason: 'binding_message_needed' };

let world: World;
let bank: TestClient;
let shop: TestClient;
let ana: Awaited<ReturnType<World['person']>>;
const ask = (client: TestClient, binding_message?: string) =>
  world.ask(client, { login_hint: ana.email, binding_message });

beforeAll(async () => {
  world = await World.start({ variables: { REQUEST_LIMITS: '{"perUser":"off","messageWhileOpen":"on"}' } });
  [bank, shop] = [await world.client(), await world.client()];
});
afterAll(() => world?.close());
beforeEach(async () => {
  ana = await world.person();
});

it('a user is never asked twice without a word that tells the questions apart, whoever asks (CIBA §13)', async () => {
  expect((await ask(bank)).status).toBe(200);
  const before = world.runtime.push.deliveries.length;
  for (const client of [bank, shop]) {
    const refused = await ask(client);
    await expectRefusal(world, refused, NEEDED);
    expect(refused.body['error_description']).toBe(
      'binding_message must be present while this user has another open request: it tells the two apart.',
    );
  }
  expect(world.runtime.push.deliveries.length).toBe(before);
  expect((await ask(shop, 'Order 4711')).status).toBe(200);
  await expectRefusal(world, await ask(bank), NEEDED);
});

it.each(['approve', 'deny'] as const)('the first question is over with the answer: %s', async (decision) => {
  const { requestId } = await world.asked(bank, { login_hint: ana.email });
  await expectRefusal(world, await ask(shop), NEEDED);
  expect(await world.answer(ana.phone, requestId, decision)).toBe(204);
  expect((await ask(shop)).status).toBe(200);
});

it('the first question is over when it expires, to the second', async () => {
  await world.asked(bank, { login_hint: ana.email, requested_expiry: '60' });
  await world.asked(bank, { login_hint: ana.email, requested_expiry: '30', binding_message: 'Order 4711' });
  world.runtime.advance(59);
  await expectRefusal(world, await ask(shop), NEEDED);
  world.runtime.advance(1);
  expect((await ask(shop)).status).toBe(200);
});

it('another question of which nobody was asked does not count', async () => {
  const nobody = await world.user();
  const without = await world.ask(bank, { login_hint: nobody.email });
  expect(await world.reason(without)).toBe('no_reachable_device');
  await world.phone(nobody.sub);
  expect((await world.ask(bank, { login_hint: nobody.email })).status).toBe(200);
});

it('of eight questions without a message that two clients ask at the same moment, one rings', async () => {
  const all = await Promise.all(Array.from({ length: 8 }, (_, index) => ask(index % 2 ? bank : shop)));
  const [first, ...others] = all.toSorted((one, other) => one.status - other.status);
  expect(first?.status).toBe(200);
  for (const other of others) await expectRefusal(world, other, NEEDED);
});

it('costs one write in the wave that reads the user, and one after the answer', async () => {
  const callsOf = async (work: () => Promise<unknown>) => {
    const before = world.runtime.aws.calls.length;
    await work();
    return requestCalls(world.runtime.aws.calls.slice(before)).map(({ action }) => action);
  };
  await world.asked(bank, { login_hint: (await world.person()).email });
  let requestId = '';
  const asking = await callsOf(async () => {
    ({ requestId } = await world.asked(bank, { login_hint: ana.email }));
  });
  expect(asking.slice(0, 2).toSorted()).toEqual(['GetItem', 'UpdateItem']);
  expect(asking.slice(2, 4).toSorted()).toEqual(['Query', 'UpdateItem']);
  expect(asking.slice(4)).toEqual(['PutItem', 'PutItem', 'Publish']);
  const { bytes } = await ana.phone.read(requestId);
  const answering = await callsOf(() => ana.phone.answer(requestId, bytes, 'approve'));
  expect(answering.filter((action) => action === 'UpdateItem')).toHaveLength(2);
});

it('by default, and with --limits off, no question needs a message', async () => {
  for (const variables of [{ REQUEST_LIMITS: '' }, {}]) {
    const other = await World.start({ variables });
    try {
      const client = await other.client();
      const { email } = await other.person();
      for (let count = 0; count < 3; count += 1)
        expect((await other.ask(client, { login_hint: email })).status).toBe(200);
    } finally {
      await other.close();
    }
  }
});
