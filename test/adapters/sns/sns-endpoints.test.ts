import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AwsServer } from '../../../local/aws/server.ts';
import { SnsStandIn } from '../../../local/aws/sns.ts';
import { Table } from '../../../provider/adapters/dynamodb/table.ts';
import { callsOfSns } from '../../../provider/adapters/sns/call-sns.ts';
import type { CallSns } from '../../../provider/adapters/sns/query-protocol.ts';
import { SnsEndpointRights } from '../../../provider/adapters/sns/sns-endpoint-rights.ts';
import { SnsEndpoints } from '../../../provider/adapters/sns/sns-endpoints.ts';
import { type EngineUnderTest, startEngine } from '../../support/engine.ts';

const GCM = 'arn:aws:sns:eu-central-1:000000000000:app/GCM/local';
const standIn = new SnsStandIn();
const aws = new AwsServer({ sns: standIn.service });
let engine: EngineUnderTest;
let client: DynamoDBClient;
let sns: CallSns;
let endpoints: SnsEndpoints;
beforeAll(async () => {
  engine = await startEngine('dynalite');
  const credentials = { accessKeyId: 'device', secretAccessKey: 'x' };
  client = new DynamoDBClient({ region: 'eu-central-1', credentials });
  sns = callsOfSns(client, { endpoint: await aws.listen(), milliseconds: 60_000 });
  endpoints = new SnsEndpoints(sns, new Table(engine.client, 'Directory'), { GCM });
});
afterAll(async () => {
  client.destroy();
  await aws.close();
  await engine?.close();
});

it.each(['arn', 'error'] as const)(
  'a disabled endpoint is enabled again by its token, also when SNS answers with an %s',
  async (answer) => {
    standIn.disabledTokenAnswer = answer;
    const device = {
      sub: 'user',
      deviceId: `device-${answer}`,
      platform: 'GCM',
      pushToken: `token-${answer}`,
    } as const;
    const first = await endpoints.register(device);
    standIn.disable(device.pushToken);
    expect(await endpoints.register(device)).toEqual(first);
    const known = [...standIn.endpoints.values()].filter(({ token }) => token === device.pushToken);
    expect(known).toMatchObject([{ enabled: true, attributes: { CustomUserData: '' } }]);
  },
);

it('rights are unknown while SNS does not answer, and every platform without an application is left out', async () => {
  const rights = new SnsEndpointRights(sns, { GCM }, ['Publish']);
  expect(rights.platforms).toEqual(['GCM']);
  aws.interference = () => 'lose-answer';
  expect(await rights.attempt({ platform: 'GCM', action: 'Publish' })).toMatchObject({ isAnswered: false });
  aws.interference = undefined;
  const error = 'InvalidParameter';
  expect(await rights.attempt({ platform: 'GCM', action: 'Publish' })).toEqual({ isAnswered: true, error });
  expect(await rights.attempt({ platform: 'GCM', action: 'DeleteEndpoint' })).toEqual({ isAnswered: true });
});
