import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AwsServer } from '../../../local/aws/server.ts';
import { SqsStandIn } from '../../../local/aws/sqs.ts';
import { EventSource } from '../../../local/runtime/event-source.ts';

type Event = { readonly Records: readonly { readonly messageId: string; readonly body: string }[] };
type Handler = (event: Event) => unknown;

const START = 1_800_000_000;
let now: number;
let aws: AwsServer;
let client: SQSClient;
let source: EventSource;
let endpoint: string;
let QueueUrl: string;
let events: Event[];
let logs: string[];
let handler: Handler;

beforeEach(async () => {
  now = START;
  events = [];
  logs = [];
  handler = () => ({ batchItemFailures: [] });
  aws = new AwsServer({ sqs: new SqsStandIn(() => now).service });
  endpoint = await aws.listen();
  QueueUrl = `${endpoint}/000000000000/queue`;
  client = new SQSClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'me', secretAccessKey: 'x' },
  });
  source = await start();
});
/** An event source that runs the handler. */
function start(): Promise<EventSource> {
  const invoke = async (_name: string, event: unknown) => {
    events.push(event as Event);
    return handler(event as Event);
  };
  return EventSource.start({
    awsEndpoint: endpoint,
    queue: 'queue',
    functionName: 'client-notification',
    host: { invoke },
    onLog: (name, line) => logs.push(`${name}: ${line}`),
  });
}
afterEach(async () => {
  await source.close();
  client.destroy();
  await aws.close();
});

const send = (MessageBody: string) =>
  client.send(new SendMessageCommand({ QueueUrl, MessageBody, MessageGroupId: 'g' }));
const invocations = (count: number) => expect.poll(() => events.length).toBe(count);
const actions = () => aws.calls.filter(({ caller }) => caller === 'client-notification').map(({ action }) => action);
const deleted = (count: number) =>
  expect.poll(() => actions().filter((action) => action === 'DeleteMessage').length).toBe(count);
/** Of all messages that the function was given, in order. */
const bodies = () => events.flatMap(({ Records }) => Records.map(({ body }) => body));
const failuresOf = (...messages: readonly { readonly messageId: string }[]) => ({
  batchItemFailures: messages.map(({ messageId }) => ({ itemIdentifier: messageId })),
});

describe('the event source', () => {
  it('hands messages over as Lambda does', async () => {
    await send('{"a":1}');
    await invocations(1);
    expect(events[0]).toEqual({
      Records: [
        {
          messageId: expect.any(String),
          receiptHandle: expect.any(String),
          body: '{"a":1}',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: `${START}000`,
            SenderId: 'me',
            ApproximateFirstReceiveTimestamp: `${START}000`,
            MessageGroupId: 'g',
          },
          messageAttributes: {},
          md5OfBody: 'bb6cb5c68df4652941caf652a366f2d8',
          eventSource: 'aws:sqs',
          eventSourceARN: 'arn:aws:sqs:eu-central-1:000000000000:queue',
          awsRegion: 'eu-central-1',
        },
      ],
    });
  });

  it('calls AWS in the name of the function, and its waiting leaves no trace', async () => {
    await send('one');
    await deleted(1);
    expect(actions()).toEqual(['GetQueueAttributes', 'ReceiveMessage', 'DeleteMessage']);
  });

  it.each([
    ['an empty list', { batchItemFailures: [] }],
    ['null', null],
    ['nothing', undefined],
    ['an object without a list', {}],
  ])('deletes all of a batch when the function answers %s', async (_what, answer) => {
    handler = () => answer;
    await send('one');
    await deleted(1);
    // What came again would come with the next message, or before it.
    now += 30;
    await send('two');
    await deleted(2);
    expect(bodies()).toEqual(['one', 'two']);
  });

  it('keeps what failed until its visibility timeout is over, and deletes the rest', async () => {
    handler = ({ Records }) => failuresOf(...Records.filter(({ body }) => body === 'bad' && now === START));
    await send('bad');
    await send('good');
    await deleted(1);
    now += 29;
    await send('later');
    await deleted(2);
    expect(bodies().toSorted()).toEqual(['bad', 'good', 'later']);
    now += 1;
    await deleted(3);
    expect(events.at(-1)?.Records).toMatchObject([{ body: 'bad', attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('keeps all of a batch when a failure names none of its messages', async () => {
    handler = () => (now === START ? failuresOf({ messageId: 'unknown' }) : null);
    await send('one');
    await invocations(1);
    now += 30;
    await deleted(1);
    expect(events.at(-1)?.Records).toMatchObject([{ body: 'one', attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('keeps all of a batch when the function throws, tells why, and goes on', async () => {
    handler = () => {
      if (now === START) throw new Error('broken');
    };
    await send('one');
    await invocations(1);
    await expect.poll(() => logs).toEqual(['client-notification: invoked by its queue: broken']);
    now += 30;
    await deleted(1);
  });

  it('goes on after an outage of the queue', async () => {
    let refused = 0;
    aws.interference = ({ caller }) => {
      if (caller !== 'client-notification') return undefined;
      refused += 1;
      return { status: 500, body: '{}' };
    };
    // Whoever waits since before the outage takes the first ones.
    for (const body of ['1', '2', '3', '4', '5', '6']) await send(body);
    await expect.poll(() => refused).toBeGreaterThan(6);
    aws.interference = undefined;
    now += 30;
    await deleted(6);
  });

  it('has batches of five messages at most, and a slow one holds up no other', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    handler = ({ Records }) => (Records.some(({ body }) => body === 'slow') ? held : null);
    await send('slow');
    await invocations(1);
    for (let index = 0; index < 12; index += 1) await send('quick');
    await deleted(12);
    expect(Math.max(...events.map(({ Records }) => Records.length))).toBeLessThanOrEqual(5);
    release();
    await deleted(13);
  });
});

describe('closing', () => {
  it('ends while its polls wait, and does not wait for their answers', async () => {
    let waiting = 0;
    aws.interference = ({ action }) => {
      if (action !== 'ReceiveMessage') return undefined;
      waiting += 1;
      return new Promise(() => undefined);
    };
    const other = await start();
    await expect.poll(() => waiting).toBeGreaterThan(0);
    await other.close();
  });

  it('ends while a function hangs, and deletes nothing', async () => {
    handler = () => new Promise(() => undefined);
    await send('one');
    await invocations(1);
    await source.close();
    expect(actions()).not.toContain('DeleteMessage');
  });

  it('is the last that it does: messages stay where they are', async () => {
    await source.close();
    await send('one');
    const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages).toMatchObject([{ Body: 'one' }]);
    expect(events).toEqual([]);
  });
});
