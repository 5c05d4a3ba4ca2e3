import type { Context } from 'aws-lambda';
import { isClientId } from '../../core/client/client.ts';
import type { EndpointTestOrder } from '../../core/notifying/endpoint-test.ts';

/**
 * Makes a Lambda handler that tries endpoints for operators who invoke it directly, and passes every other event on. It
 * decides by the top level of the event alone, which must be the order and nothing else. No sender of a message can make
 * such an event: what they send is inside `Records`.
 */
export function answerEndpointTests<Event, Answer, Report>(
  test: (clientId: string) => Promise<Report>,
  handler: (event: Event, context: Context) => Promise<Answer>,
) {
  return async (event: Event, context: Context): Promise<Answer | Report> => {
    const clientId = clientIn(event);
    return clientId === undefined ? handler(event, context) : test(clientId);
  };
}

const MEMBER: keyof EndpointTestOrder = 'test_endpoint_of';

function clientIn(event: unknown): string | undefined {
  if (typeof event !== 'object' || event === null) return undefined;
  const [[name, value] = [], ...others] = Object.entries(event);
  return others.length === 0 && name === MEMBER && typeof value === 'string' && isClientId(value) ? value : undefined;
}
