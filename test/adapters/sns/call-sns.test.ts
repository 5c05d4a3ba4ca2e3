import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreatePlatformEndpointCommand,
  DeleteEndpointCommand,
  GetEndpointAttributesCommand,
  PublishCommand,
  SetEndpointAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { xmlAnswer } from '../../../local/aws/query-protocol.ts';
import { type AwsAnswer, type AwsCall, AwsServer } from '../../../local/aws/server.ts';
import { callsOfSns } from '../../../provider/adapters/sns/call-sns.ts';
import { type CallSns, mapIn, mapParameters, textIn } from '../../../provider/adapters/sns/query-protocol.ts';
import { SnsPush } from '../../../provider/adapters/sns/sns-push.ts';
import { deviceNamed } from '../../flows/world/devices.ts';

const ENDPOINT = 'arn:aws:sns:eu-central-1:123456789012:endpoint/APNS/app/5a1c0a4e';
const TOKEN = 'a:b_c-d&<"é 7';
const credentials = { accessKeyId: 'device', secretAccessKey: 'x' };

let calls: AwsCall[];
let answer: AwsAnswer;
let aws: AwsServer;
let settings: { endpoint: string; region: string; credentials: typeof credentials; maxAttempts: number };
let sns: CallSns;
let sdk: SNSClient;
beforeEach(async () => {
  calls = [];
  answer = xmlAnswer(200, '<R/>');
  aws = new AwsServer({
    sns: async (call) => {
      calls.push(call);
      return answer;
    },
  });
  settings = { endpoint: await aws.listen(), region: 'eu-central-1', credentials, maxAttempts: 1 };
  const where = { endpoint: settings.endpoint, milliseconds: 60_000 };
  sns = callsOfSns(new DynamoDBClient({ region: settings.region, credentials }), where);
  sdk = new SNSClient(settings);
});
afterEach(async () => {
  sdk.destroy();
  await aws.close();
});

const refused = (status: number, code: string, message = 'no') =>
  xmlAnswer(
    status,
    `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`,
  );
const application = { PlatformApplicationArn: 'arn:app', Token: TOKEN };
const attributes = { Token: TOKEN, Enabled: 'true' };

describe('a call of SNS has the parameters that the client of the SDK sends', () => {
  const entries = mapParameters('Attributes.entry', attributes);
  it.each([
    ['CreatePlatformEndpoint', application, new CreatePlatformEndpointCommand(application)],
    ['GetEndpointAttributes', { EndpointArn: ENDPOINT }, new GetEndpointAttributesCommand({ EndpointArn: ENDPOINT })],
    [
      'SetEndpointAttributes',
      { EndpointArn: ENDPOINT, ...entries },
      new SetEndpointAttributesCommand({ EndpointArn: ENDPOINT, Attributes: attributes }),
    ],
    ['DeleteEndpoint', { EndpointArn: ENDPOINT }, new DeleteEndpointCommand({ EndpointArn: ENDPOINT })],
  ] as const)('for %s', async (action, parameters, command) => {
    await sns(action, parameters);
    await (sdk as { send(command: unknown): Promise<unknown> }).send(command);
    expect(calls[0]?.input).toEqual(calls[1]?.input);
    expect(calls[0]?.caller).toBe('device');
  });

  it('for a push with all its attributes', async () => {
    const reach = { kind: 'sns', platform: 'APNS', endpointArn: ENDPOINT, push: 'reachable' } as const;
    const device = deviceNamed('phone', { reach });
    await new SnsPush(sns, 'com.example').send(
      [device],
      { type: 'authentication_request', requestId: 'r', expiresAt: 60 },
      0,
    );
    const sent = calls[0]?.input ?? {};
    const text = (StringValue: string) => ({ DataType: 'String', StringValue });
    const command = new PublishCommand({
      TargetArn: ENDPOINT,
      MessageStructure: 'json',
      Message: String(sent['Message']),
      MessageAttributes: {
        'AWS.SNS.MOBILE.APNS.TTL': text('60'),
        'AWS.SNS.MOBILE.APNS.PUSH_TYPE': text('alert'),
        'AWS.SNS.MOBILE.APNS.PRIORITY': text('10'),
        'AWS.SNS.MOBILE.APNS.COLLAPSE_ID': text('r'),
        'AWS.SNS.MOBILE.APNS.TOPIC': text('com.example'),
      },
    });
    await sdk.send(command);
    expect(sent).toEqual(calls[1]?.input);
  });
});

describe('an answer of SNS', () => {
  it('is read as the client of the SDK reads it: a map with escaped and numbered characters, in lines', async () => {
    answer = xmlAnswer(
      200,
      `<GetEndpointAttributesResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/">
  <GetEndpointAttributesResult>
    <Attributes>
      <entry>
        <key>Enabled</key>
        <value>true</value>
      </entry>
      <entry><key>Token</key><value>a:b_c-d&amp;&lt;&quot;&#233; &#x37;</value></entry>
    </Attributes>
  </GetEndpointAttributesResult>
</GetEndpointAttributesResponse>`,
    );
    const { Attributes } = await sdk.send(new GetEndpointAttributesCommand({ EndpointArn: ENDPOINT }));
    expect(mapIn(await sns('GetEndpointAttributes', { EndpointArn: ENDPOINT }))).toEqual(Attributes);
    expect(Attributes).toEqual({ Enabled: 'true', Token: TOKEN });
  });

  it('has no text of an element that is not there, and nothing is unescaped twice', () => {
    expect(textIn('<A>1</A>', 'B')).toBe(undefined);
    expect(textIn('<A>&amp;lt;&unknown;</A>', 'A')).toBe('&lt;&unknown;');
  });

  it.each([
    [400, 'EndpointDisabled'],
    [400, 'InvalidParameter'],
    [403, 'AuthorizationError'],
    [404, 'NotFound'],
    [400, 'PlatformApplicationDisabled'],
  ])(
    'with status %d and the code %s is an error of the name that the SDK gives it, but for its ending',
    async (status, code) => {
      answer = refused(status, code, 'Endpoint &quot;x&quot; is gone');
      const parameters = { TargetArn: ENDPOINT, Message: 'm' };
      const ours = await sns('Publish', parameters).catch((error: Error) => error);
      const theirs = await sdk.send(new PublishCommand(parameters)).catch((error: Error) => error);
      expect(ours).toMatchObject({ name: code, message: 'Endpoint "x" is gone' });
      expect(theirs).toMatchObject({ name: expect.stringMatching(new RegExp(`^${code}(Exception)?$`)) });
      expect(calls).toHaveLength(2);
    },
  );

  it('that a call was throttled is no answer: the call is tried again', async () => {
    aws.interference = (call) => (calls.push(call) === 1 ? refused(400, 'Throttling', 'Rate exceeded') : undefined);
    await sns('Publish', { TargetArn: ENDPOINT, Message: 'm' });
    expect(calls.length).toBeGreaterThan(1);
  });

  it('without XML is an error of its status', async () => {
    answer = { status: 418, body: 'no' };
    await expect(sns('Publish', { TargetArn: ENDPOINT, Message: 'm' })).rejects.toMatchObject({ name: 'SNS418' });
  });
});
