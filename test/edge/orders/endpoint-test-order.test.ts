import type { Context } from 'aws-lambda';
import { expect, it } from 'vitest';
import { answerEndpointTests } from '../../../provider/edge/orders/endpoint-test-order.ts';

const handler = answerEndpointTests(
  {
    test_endpoint_of: async (clientId) => `tested ${clientId}`,
    test_keys_of: async (clientId) => `fetched the keys of ${clientId}`,
  },
  async (_event: unknown, _context: Context) => 'handled' as const,
);
const context = {} as Context;
const order = { test_endpoint_of: 'bank' };

it('tries the endpoint of the client that a direct invocation names', async () => {
  expect(await handler(order, context)).toBe('tested bank');
  expect(await handler({ test_keys_of: 'bank' }, context)).toBe('fetched the keys of bank');
});

it.each<[string, unknown]>([
  ['a message of a queue with it as body', { Records: [{ messageId: 'm', body: JSON.stringify(order) }] }],
  ['a message whose event had it on the top level', { Records: [], ...order }],
  ['more than it', { ...order, endpoint: 'https://10.0.0.1/' }],
  ['more than it by a name that every object has', JSON.parse('{"test_endpoint_of":"bank","__proto__":{}}')],
  ['both orders', { ...order, test_keys_of: 'bank' }],
  ['an address instead of a client', { test_endpoint_of: 'https://10.0.0.1/' }],
  ['an id that no client can have', { test_endpoint_of: '..' }],
  ['no text', { test_endpoint_of: ['bank'] }],
  ['a list of one', [order]],
  ['its text', JSON.stringify(order)],
  ['an object that inherits it', Object.create(order)],
  ['nothing', null],
])('passes on %s', async (_, event) => {
  expect(await handler(event, context)).toBe('handled');
});
