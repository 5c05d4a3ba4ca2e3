import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { SELF_CHECK } from '../../../provider/core/operating/push-rights.ts';
import { answerSelfChecks } from '../../../provider/edge/orders/self-check.ts';

const handler = answerSelfChecks(
  async () => 'checked' as const,
  async (_event: unknown, _context: Context) => 'handled' as const,
);
const context = {} as Context;
const json = JSON.stringify(SELF_CHECK);
const base64 = Buffer.from(json).toString('base64');

it('answers the event of a direct invocation', async () => {
  expect(await handler(SELF_CHECK, context)).toBe('checked');
  expect(await handler(JSON.parse(json), context)).toBe('checked');
});

describe('takes no event with other members on its top level for a self-check', () => {
  const http = {
    version: '2.0',
    routeKey: 'POST /devices',
    rawPath: '/devices',
    rawQueryString: '',
    headers: { 'content-type': 'application/json' },
    requestContext: { requestId: 'r', http: { method: 'POST' } },
    isBase64Encoded: false,
  };
  const sns = { MessageId: 'm', Message: json, MessageAttributes: { self_check: { Value: 'push_rights' } } };

  it.each<[string, unknown]>([
    ['an HTTP call with it as body', { ...http, body: json }],
    ['an HTTP call with it as body in base64', { ...http, body: base64, isBase64Encoded: true }],
    [
      'an HTTP call with it as query',
      { ...http, rawQueryString: 'self_check=push_rights', queryStringParameters: SELF_CHECK },
    ],
    ['an HTTP call with it as header', { ...http, headers: SELF_CHECK }],
    ['an HTTP call with it as path parameter', { ...http, pathParameters: SELF_CHECK }],
    ['an HTTP call whose event had it on the top level', { ...http, ...SELF_CHECK }],
    ['a message of a queue', { Records: [{ messageId: 'm', body: json, attributes: {}, eventSource: 'aws:sqs' }] }],
    ['a message of a topic', { Records: [{ EventSource: 'aws:sns', Sns: sns }] }],
    [
      'an event of a rule or a schedule',
      { source: 'aws.events', 'detail-type': 'Scheduled Event', detail: SELF_CHECK },
    ],
    ['a custom resource', { RequestType: 'Create', ResourceProperties: SELF_CHECK }],
    ['more than it', { ...SELF_CHECK, other: 1 }],
    ['more than it by a name that every object has', JSON.parse('{"self_check":"push_rights","__proto__":{}}')],
    ['another check', { self_check: 'other' }],
    ['a list of one', [SELF_CHECK]],
    ['its text', json],
    ['an object that inherits it', Object.create(SELF_CHECK)],
    ['nothing', null],
  ])('passes on %s', async (_, event) => {
    expect(await handler(event, context)).toBe('handled');
  });
});
