import { expect, it } from 'vitest';
import { type Fault, Faults } from '../../../local/aws/faults.ts';
import type { AwsCall } from '../../../local/aws/server.ts';

const call = (service: AwsCall['service'], action: string, input: object): AwsCall => ({
  caller: 'token',
  service,
  action,
  input: { ...input },
  body: Buffer.from(JSON.stringify(input)),
});
const SUB = 'user-of-a-trial';
const order = (fault: Fault['fault'], seconds = 60): Fault => ({ fault, about: [SUB], seconds });
const record = (text: string) => ({ Record: { Data: Buffer.from(text).toString('base64') } });

it.each([
  ['table-throttled', call('dynamodb', 'GetItem', { Key: { pk: { S: `USER#${SUB}` } } }), 400, 'ThroughputExceeded'],
  ['push-outage', call('sns', 'Publish', { TargetArn: 'arn', Message: `{"device":"${SUB}"}` }), 500, 'InternalError'],
  ['endpoint-disabled', call('sns', 'Publish', { TargetArn: 'arn', Message: SUB }), 400, 'EndpointDisabled'],
  ['audit-outage', call('firehose', 'PutRecord', record(`{"sub":"${SUB}"}`)), 500, 'ServiceUnavailable'],
] as const)('%s answers as AWS does', (fault, made, status, code) => {
  const faults = new Faults();
  faults.begin(order(fault));
  const answer = faults.answerTo(made);
  expect(answer?.status).toBe(status);
  expect(String(answer?.body)).toContain(code);
});

it.each([
  ['a call about somebody else', call('dynamodb', 'GetItem', { Key: { pk: { S: 'USER#somebody-else' } } })],
  ['a call of another service', call('sqs', 'SendMessage', { MessageBody: SUB })],
])('does not concern %s', (_, made) => {
  const faults = new Faults();
  faults.begin(order('table-throttled'));
  expect(faults.answerTo(made)).toBeUndefined();
});

it('a push outage does not concern the announcement of a decision', () => {
  const faults = new Faults();
  faults.begin(order('push-outage'));
  expect(faults.answerTo(call('sns', 'Publish', { TopicArn: 'arn', Message: SUB }))).toBeUndefined();
});

it('ends when it is ended', () => {
  const faults = new Faults();
  const id = faults.begin(order('table-throttled'));
  faults.begin(order('audit-outage'));
  faults.end(id);
  expect(faults.active.map(({ fault }) => fault)).toEqual(['audit-outage']);
});

it('ends after its seconds, also if whoever ordered it is gone', () => {
  let milliseconds = 0;
  const faults = new Faults(() => milliseconds);
  faults.begin(order('table-throttled', 5));
  const made = call('dynamodb', 'GetItem', { Key: SUB });
  milliseconds = 4_999;
  expect(faults.active).toMatchObject([{ fault: 'table-throttled', endsInSeconds: 1 }]);
  expect(faults.answerTo(made)).toBeDefined();
  milliseconds = 5_000;
  expect(faults.answerTo(made)).toBeUndefined();
  expect(faults.active).toEqual([]);
});
