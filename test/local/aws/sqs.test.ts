import { once } from 'node:events';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AwsServer } from '../../../local/aws/server.ts';
import { SqsStandIn } from '../../../local/aws/sqs.ts';

// Queues as the AWS SDK sees them. Each test has a queue of its own.
const START = 1_800_000_000;
let now = START;
let count = 0;
let QueueUrl: string;
let endpoint: string;
let client: SQSClient;
const redrive = { 'with-dead-letters': { deadLetterQueue: 'dead-letters', maxReceiveCount: 2 } };
const standIn = new SqsStandIn(() => now, redrive);
/** Tells whether the caller has hung up, for each receive as it comes. */
let onReceive: (gone: AbortSignal) => void = () => undefined;
const aws = new AwsServer({
  sqs: (call, gone) => {
    if (call.action === 'ReceiveMessage') onReceive(gone);
    return standIn.service(call, gone);
  },
});
const credentials = { accessKeyId: 'me', secretAccessKey: 'x' };

beforeAll(async () => {
  endpoint = await aws.listen();
  client = new SQSClient({ endpoint, region: 'eu-central-1', credentials });
});
beforeEach(() => {
  now = START;
  count += 1;
  QueueUrl = queue(`queue-${count}`);
});
afterAll(async () => {
  client.destroy();
  await aws.close();
});

const queue = (name: string) => `${endpoint}/000000000000/${name}`;
const send = (MessageBody: string, MessageGroupId?: string) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId }));
const hide = ({ ReceiptHandle }: Message, VisibilityTimeout: number) =>
  client.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
const remove = ({ ReceiptHandle }: Message) => client.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));

async function receive(input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message[]> {
  const command = new ReceiveMessageCommand({ QueueUrl, MessageSystemAttributeNames: ['All'], ...input });
  return (await client.send(command)).Messages ?? [];
}

async function receiveOne(input: Partial<ReceiveMessageCommandInput> = {}): Promise<Message> {
  const [message] = await receive(input);
  if (!message) throw new Error('nothing received');
  return message;
}

const bodies = (messages: readonly Message[]) => messages.map(({ Body }) => Body);

describe('a message', () => {
  it('tells its group, its sender, when it was sent and first received, and how often it was received', async () => {
    await send('intent', 'a client');
    now += 2.5;
    await receive();
    now += 30;
    expect(await receiveOne()).toMatchObject({
      Body: 'intent',
      Attributes: {
        MessageGroupId: 'a client',
        SenderId: 'me',
        SentTimestamp: `${START}000`,
        ApproximateFirstReceiveTimestamp: `${START + 2}500`,
        ApproximateReceiveCount: '2',
      },
    });
  });

  it('is hidden for 30 seconds by a receive that does not say how long', async () => {
    await send('intent');
    await receive();
    now += 29.9;
    expect(await receive()).toEqual([]);
    now += 0.1;
    expect(await receive()).toHaveLength(1);
  });

  it('is no longer changed or deleted by a receipt handle of an earlier receive', async () => {
    await send('intent');
    const first = await receiveOne();
    now += 30;
    const second = await receiveOne();
    expect(second.ReceiptHandle).not.toBe(first.ReceiptHandle);
    await remove(first);
    await hide(first, 0);
    expect(await receive()).toEqual([]);
    await hide(second, 0);
    expect(await receive()).toHaveLength(1);
  });

  it('that is visible again is not hidden by whoever had received it', async () => {
    await send('intent');
    const first = await receiveOne();
    now += 30;
    await hide(first, 60);
    expect(await receive()).toHaveLength(1);
  });

  it('of a group that has many in work waits for those of others', async () => {
    for (const body of ['a1', 'a2', 'a3']) await send(body, 'a');
    await send('b1', 'b');
    expect(bodies(await receive({ MaxNumberOfMessages: 2 }))).toEqual(['a1', 'a2']);
    expect(bodies(await receive())).toEqual(['b1']);
    expect(bodies(await receive())).toEqual(['a3']);
  });
});

describe('a receive that waits', () => {
  const waiting = { WaitTimeSeconds: 20 };

  it('is answered as soon as a message is sent', async () => {
    const received = receive(waiting);
    await send('intent');
    expect(bodies(await received)).toEqual(['intent']);
  });

  it('is answered once the clock shows a hidden message again', async () => {
    await send('intent');
    await receive();
    const received = receive(waiting);
    now += 30;
    expect(bodies(await received)).toEqual(['intent']);
  });

  it('is answered when a message is given back', async () => {
    await send('intent');
    const message = await receiveOne();
    const received = receive(waiting);
    await hide(message, 0);
    expect(bodies(await received)).toEqual(['intent']);
  });

  it('is answered with nothing when its time is over', async () => {
    expect(await receive({ WaitTimeSeconds: 1 })).toEqual([]);
  });

  it('takes no message once whoever waits has hung up', async () => {
    const hangUp = new AbortController();
    const nextReceive = new Promise<AbortSignal>((resolve) => {
      onReceive = resolve;
    });
    const given = client.send(new ReceiveMessageCommand({ QueueUrl, ...waiting }), { abortSignal: hangUp.signal });
    const gone = await nextReceive;
    hangUp.abort();
    await expect(given).rejects.toThrow(/abort/i);
    // A message that is sent before the server has noticed is lost on the way, and comes back when its time is up.
    if (!gone.aborted) await once(gone, 'abort');
    await send('intent');
    expect(bodies(await receive(waiting))).toEqual(['intent']);
  });

  it('ends with the server', async () => {
    const { service } = new SqsStandIn(() => now);
    const other = new AwsServer({
      sqs: (call, gone) => {
        setImmediate(() => void other.close());
        return service(call, gone);
      },
    });
    const url = await other.listen();
    const own = new SQSClient({ endpoint: url, region: 'eu-central-1', credentials, maxAttempts: 1 });
    const given = own.send(new ReceiveMessageCommand({ QueueUrl: `${url}/000000000000/queue`, ...waiting }));
    await expect(given).rejects.toThrow();
    own.destroy();
  });
});

describe('dead letters', () => {
  it('are messages that were received as often as they may be: the next receive finds them there', async () => {
    QueueUrl = queue('with-dead-letters');
    const deadLetters = queue('dead-letters');
    await send('poison');
    await receive();
    now += 30;
    await receive();
    expect(await receive({ QueueUrl: deadLetters })).toEqual([]);
    now += 30;
    expect(await receive()).toEqual([]);
    expect(bodies(await receive({ QueueUrl: deadLetters }))).toEqual(['poison']);
  });

  it('are named by the attributes of their queue', async () => {
    const command = new GetQueueAttributesCommand({ QueueUrl: queue('with-dead-letters'), AttributeNames: ['All'] });
    const { Attributes = {} } = await client.send(command);
    expect(Attributes['QueueArn']).toBe('arn:aws:sqs:eu-central-1:000000000000:with-dead-letters');
    expect(JSON.parse(Attributes['RedrivePolicy'] ?? '')).toEqual({
      deadLetterTargetArn: 'arn:aws:sqs:eu-central-1:000000000000:dead-letters',
      maxReceiveCount: 2,
    });
  });
});

describe('among the recorded calls', () => {
  it('a receive stands once it found something, and not when it found nothing', async () => {
    const before = aws.calls.length;
    await receive();
    await send('intent');
    await receive();
    expect(aws.calls.slice(before).map(({ action }) => action)).toEqual(['SendMessage', 'ReceiveMessage']);
  });
});
