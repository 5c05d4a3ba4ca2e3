import { randomBytes } from 'node:crypto';
import {
  DecryptCommand,
  GenerateDataKeyPairWithoutPlaintextCommand,
  InvalidCiphertextException,
  KMSClient,
} from '@aws-sdk/client-kms';
import {
  AuthorizationErrorException,
  CreatePlatformEndpointCommand,
  EndpointDisabledException,
  GetEndpointAttributesCommand,
  InvalidParameterException,
  NotFoundException,
  PublishCommand,
  SetEndpointAttributesCommand,
  SNSClient,
} from '@aws-sdk/client-sns';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKmsService } from '../../../local/aws/kms.ts';
import { AwsServer } from '../../../local/aws/server.ts';
import { SnsStandIn } from '../../../local/aws/sns.ts';
import { SqsStandIn } from '../../../local/aws/sqs.ts';

// The stand-ins as the AWS SDK sees them: typed results, typed exceptions.
const sns = new SnsStandIn();
let now = 0;
const sqs = new SqsStandIn(() => now);
const aws = new AwsServer({
  sns: sns.service,
  sqs: sqs.service,
  kms: createKmsService(randomBytes(32)),
});
let endpoint: string;
const common = () => ({ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'me', secretAccessKey: 'x' } });
beforeAll(async () => {
  endpoint = await aws.listen();
});
afterAll(() => aws.close());

describe('SNS', () => {
  const application = 'arn:aws:sns:eu-central-1:000000000000:app/GCM/local';
  const create = (Token: string, Attributes?: Record<string, string>) =>
    new SNSClient(common()).send(
      new CreatePlatformEndpointCommand({
        PlatformApplicationArn: application,
        Token,
        ...(Attributes && { Attributes }),
      }),
    );

  it('gives one ARN a token, names it when the attributes differ, and keeps a disabled endpoint disabled', async () => {
    const { EndpointArn } = await create('t1');
    expect((await create('t1')).EndpointArn).toBe(EndpointArn);
    await expect(create('t1', { CustomUserData: 'x' })).rejects.toThrow(InvalidParameterException);
    await expect(create('t1', { CustomUserData: 'x' })).rejects.toThrow(`Endpoint ${EndpointArn} already exists`);
    sns.disable('t1');
    await create('t1');
    const { Attributes } = await new SNSClient(common()).send(new GetEndpointAttributesCommand({ EndpointArn }));
    expect(Attributes).toMatchObject({ Enabled: 'false', Token: 't1' });
  });

  it('may refuse the token of a disabled endpoint with an error that names its ARN, as stand-ins of others do', async () => {
    const { EndpointArn } = await create('t3');
    sns.disabledTokenAnswer = 'error';
    expect((await create('t3')).EndpointArn).toBe(EndpointArn);
    sns.disable('t3');
    await expect(create('t3')).rejects.toThrow(InvalidParameterException);
    await expect(create('t3')).rejects.toThrow(`Endpoint ${EndpointArn} already exists`);
    sns.disabledTokenAnswer = 'arn';
    expect((await create('t3')).EndpointArn).toBe(EndpointArn);
  });

  it('authorises an action on an endpoint against its application, before it looks for the endpoint', async () => {
    const EndpointArn = `${application.replace(':app/', ':endpoint/')}/00000000-0000-4000-8000-000000000000`;
    const ask = () => new SNSClient(common()).send(new GetEndpointAttributesCommand({ EndpointArn }));
    const asked: unknown[] = [];
    sns.permits = ({ caller, action, resource }) => asked.push({ caller, action, resource }) === 0;
    await expect(ask()).rejects.toThrow(AuthorizationErrorException);
    await expect(ask()).rejects.toThrow(`SNS:GetEndpointAttributes on resource: ${application}`);
    sns.permits = () => true;
    await expect(ask()).rejects.toThrow(NotFoundException);
    expect(asked[0]).toEqual({ caller: 'me', action: 'GetEndpointAttributes', resource: application });
  });

  it('throws the SDK’s typed exceptions, and delivers with a TTL', async () => {
    const client = new SNSClient(common());
    const { EndpointArn } = await create('t2');
    const message = {
      TargetArn: EndpointArn,
      MessageStructure: 'json',
      Message: JSON.stringify({ default: 'x', GCM: '{"a":1}' }),
    };
    const delivered = new Promise((resolve) => sns.once('delivery', resolve));
    const ttl = { 'AWS.SNS.MOBILE.FCM.TTL': { DataType: 'String', StringValue: '60' } };
    await client.send(new PublishCommand({ ...message, MessageAttributes: ttl }));
    expect(await delivered).toMatchObject({
      token: 't2',
      payload: { a: 1 },
      attributes: { 'AWS.SNS.MOBILE.FCM.TTL': '60' },
    });
    await client.send(new SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: 'false' } }));
    await expect(client.send(new PublishCommand(message))).rejects.toThrow(EndpointDisabledException);
    await expect(client.send(new GetEndpointAttributesCommand({ EndpointArn: `${EndpointArn}x` }))).rejects.toThrow(
      NotFoundException,
    );
    await client.send(new SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: 'true' } }));
    await expect(client.send(new PublishCommand({ ...message, Message: '{}' }))).rejects.toThrow(
      InvalidParameterException,
    );
  });
});

describe('a topic', () => {
  const topic = 'arn:aws:sns:eu-central-1:000000000000:topic';
  const QueueUrl = () => `${endpoint}/000000000000/subscribed`;

  it('hands on what is published, as it is and with its message group, to the queue that is subscribed', async () => {
    sns.subscribe(topic, (message) => void sqs.queue('subscribed').send({ ...message, sender: 'sns' }));
    const publish = new PublishCommand({ TopicArn: topic, Message: '{"a":"ü&"}', MessageGroupId: 'a client' });
    expect((await new SNSClient(common()).send(publish)).MessageId).toBeTruthy();
    const receive = new ReceiveMessageCommand({ QueueUrl: QueueUrl(), MessageSystemAttributeNames: ['All'] });
    const { Messages } = await new SQSClient(common()).send(receive);
    expect(Messages).toMatchObject([{ Body: '{"a":"ü&"}', Attributes: { MessageGroupId: 'a client' } }]);
  });

  it('that nobody made is not found', async () => {
    const publish = new PublishCommand({ TopicArn: `${topic}-unknown`, Message: 'a' });
    await expect(new SNSClient(common()).send(publish)).rejects.toThrow(NotFoundException);
  });
});

describe('SQS', () => {
  it('hides what was received, gives it back when its time is up, and deletes', async () => {
    const client = new SQSClient(common());
    const QueueUrl = `${endpoint}/000000000000/queue`;
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'intent' }));
    const receive = async () =>
      (await client.send(new ReceiveMessageCommand({ QueueUrl, VisibilityTimeout: 10 }))).Messages ?? [];
    const [first] = await receive();
    expect(first?.Body).toBe('intent');
    expect(await receive()).toEqual([]);
    await client.send(
      new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: first?.ReceiptHandle, VisibilityTimeout: 20 }),
    );
    now = 15;
    expect(await receive()).toEqual([]);
    now = 21;
    const [again] = await receive();
    await client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: again?.ReceiptHandle }));
    now = 1000;
    expect(await receive()).toEqual([]);
  });
});

describe('KMS', () => {
  it('makes real key pairs and opens them under the same encryption context only', async () => {
    const client = new KMSClient(common());
    const made = await client.send(
      new GenerateDataKeyPairWithoutPlaintextCommand({
        KeyId: 'k',
        KeyPairSpec: 'ECC_NIST_P256',
        EncryptionContext: { kid: 'a' },
      }),
    );
    const decrypt = (EncryptionContext: Record<string, string>) =>
      client.send(new DecryptCommand({ KeyId: 'k', CiphertextBlob: made.PrivateKeyCiphertextBlob, EncryptionContext }));
    expect((await decrypt({ kid: 'a' })).Plaintext?.length).toBeGreaterThan(100);
    await expect(decrypt({ kid: 'b' })).rejects.toThrow(InvalidCiphertextException);
    await expect(decrypt({})).rejects.toThrow(InvalidCiphertextException);
  });
});

it('knows who called by the signature’s access key id', () => {
  expect(new Set(aws.calls.map(({ caller }) => caller))).toEqual(new Set(['me']));
});
