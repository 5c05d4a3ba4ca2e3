import type { Context } from 'aws-lambda';
import { isClientId } from '../../core/client/client.ts';
import type { KeysTestOrder } from '../../core/client/keys-test.ts';
import type { EndpointTestOrder } from '../../core/notifying/endpoint-test.ts';

/** A test for the one member of each order. */
type Tests<EndpointReport, KeysReport> = {
  readonly [Order in keyof EndpointTestOrder]: (clientId: string) => Promise<EndpointReport>;
} & { readonly [Order in keyof KeysTestOrder]: (clientId: string) => Promise<KeysReport> };

/**
 * Makes a Lambda handler that calls the addresses of a client for operators who invoke it directly, and passes every
 * other event on. It decides by the top level of the event alone, which must be the order and nothing else. No sender
 * of a message can make such an event: what they send is inside `Records`.
 */
export function answerEndpointTests<Event, Answer, EndpointReport, KeysReport>(
  tests: Tests<EndpointReport, KeysReport>,
  handler: (event: Event, context: Context) => Promise<Answer>,
) {
  return async (event: Event, context: Context): Promise<Answer | EndpointReport | KeysReport> => {
    const [name, clientId] = orderIn(event) ?? [];
    return name === undefined || clientId === undefined ? handler(event, context) : tests[name](clientId);
  };
}

const ORDERS = ['test_endpoint_of', 'test_keys_of'] as const satisfies readonly (keyof Tests<unknown, unknown>)[];

function orderIn(event: unknown): readonly [name: (typeof ORDERS)[number], clientId: string] | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const [[member, value] = [], ...others] = Object.entries(event);
  const name = ORDERS.find((known) => known === member);
  return name && others.length === 0 && typeof value === 'string' && isClientId(value) ? [name, value] : undefined;
}
