import { BatchGetItemCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { THROTTLING_ERRORS, throttledAnswer } from '../../bench/load/throttling.ts';
import { jsonAnswer } from '../../local/aws/json-answer.ts';
import { xmlAnswer } from '../../local/aws/query-protocol.ts';
import { AwsServer } from '../../local/aws/server.ts';

// What the SDK makes of the answers of a service that throttles.
let aws: AwsServer;
let settings: {
  endpoint: string;
  region: string;
  maxAttempts: number;
  credentials: { accessKeyId: string; secretAccessKey: string };
};

beforeEach(async () => {
  aws = new AwsServer({
    dynamodb: async () => jsonAnswer('1.0', {}),
    sns: async () =>
      xmlAnswer(200, '<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>'),
  });
  const credentials = { accessKeyId: 'device', secretAccessKey: 'x' };
  // As many tries as the functions' clients make.
  settings = { endpoint: await aws.listen(), region: 'eu-central-1', maxAttempts: 3, credentials };
});
afterEach(() => aws.close());

/** Throttles the first `times` calls. `random` picks the answer. */
function throttle(times: number, random: number): void {
  let left = times;
  aws.interference = (call) => {
    left -= 1;
    return left >= 0 ? throttledAnswer(call, () => random) : undefined;
  };
}

const get = () => new DynamoDBClient(settings).send(new GetItemCommand({ TableName: 'T', Key: { pk: { S: 'a' } } }));
const publish = () => new SNSClient(settings).send(new PublishCommand({ TargetArn: 'arn', Message: 'm' }));
const attempts = () => aws.calls.map(({ attempt }) => attempt);

describe('a call that AWS throttles', () => {
  it.each([
    ['DynamoDB, by the throughput of the table', get, 0],
    ['DynamoDB, by the rate of calls', get, 0.9],
    ['SNS', publish, 0],
  ])('is tried again by the SDK: %s', async (_service, send, random) => {
    throttle(1, random);
    await send();
    expect(attempts()).toEqual([1, 2]);
  });

  it.each([
    ['DynamoDB, by the throughput of the table', get, 0],
    ['DynamoDB, by the rate of calls', get, 0.9],
    ['SNS', publish, 0],
  ])('fails with an error of throttling after the third try: %s', async (_service, send, random) => {
    throttle(3, random);
    const error: unknown = await send().catch((thrown: unknown) => thrown);
    expect(THROTTLING_ERRORS).toContain(error instanceof Error ? error.name : '');
    expect(attempts()).toEqual([1, 2, 3]);
  });

  it('may be a batch whose keys all stay unprocessed', async () => {
    throttle(1, 0);
    const RequestItems = { T: { Keys: [{ pk: { S: 'a' } }] } };
    const { Responses, UnprocessedKeys } = await new DynamoDBClient(settings).send(
      new BatchGetItemCommand({ RequestItems }),
    );
    expect([Responses, UnprocessedKeys]).toEqual([{}, RequestItems]);
  });

  it('is of DynamoDB, SNS or Firehose', () => {
    const call = { caller: 'token', action: 'Decrypt', input: {}, body: Buffer.from('') };
    expect(throttledAnswer({ ...call, service: 'kms' }, () => 0)).toBeUndefined();
    expect(throttledAnswer({ ...call, service: 'firehose' }, () => 0)?.status).toBe(400);
  });
});
