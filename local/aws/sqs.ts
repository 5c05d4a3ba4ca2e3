import { createHash } from 'node:crypto';
import { jsonAnswer } from './json-answer.ts';
import { MessageQueue, type QueuedMessage } from './message-queue.ts';
import type { QueueJournal } from './queue-journal.ts';
import type { AwsAnswer, AwsCall, AwsService } from './server.ts';

/** The dead-letter queue of a queue, for messages that were received too often. */
export type RedrivePolicy = { readonly deadLetterQueue: string; readonly maxReceiveCount: number };

/** Standard queues of SQS in its JSON protocol. A queue is made on first use. */
export class SqsStandIn {
  readonly #now: () => number;
  readonly #redrive: Readonly<Record<string, RedrivePolicy>>;
  readonly #journal: QueueJournal | undefined;
  readonly #queues = new Map<string, MessageQueue>();

  /**
   * `now` is in seconds, with fractions. `redrive` lists the queues with a dead-letter queue by name. With a journal the
   * messages outlive the process.
   */
  constructor(now: () => number, redrive: Readonly<Record<string, RedrivePolicy>> = {}, journal?: QueueJournal) {
    this.#now = now;
    this.#redrive = redrive;
    this.#journal = journal;
  }

  readonly service: AwsService = async (call, gone) => {
    const name = String(call.input['QueueUrl']).split('/').at(-1) ?? '';
    if (call.action === 'ReceiveMessage') return receive(this.queue(name), call.input, gone);
    if (call.action === 'GetQueueAttributes') return attributesOf(name, this.#redrive[name]);
    return act(this.queue(name), call);
  };

  queue(name: string): MessageQueue {
    const known = this.#queues.get(name);
    if (known) return known;
    const policy = this.#redrive[name];
    const redrive = policy && { ...policy, deadLetters: this.queue(policy.deadLetterQueue) };
    const queue = new MessageQueue(this.#now, { redrive, store: this.#journal?.storeOf(name) });
    this.#queues.set(name, queue);
    return queue;
  }
}

async function receive(queue: MessageQueue, input: AwsCall['input'], gone: AbortSignal): Promise<AwsAnswer> {
  const messages = await queue.receive({
    limit: Number(input['MaxNumberOfMessages'] ?? 1),
    waitSeconds: Number(input['WaitTimeSeconds'] ?? 0),
    visibilityTimeout: Number(input['VisibilityTimeout'] ?? DEFAULT_VISIBILITY_TIMEOUT),
    gone,
  });
  // SQS leaves the member out if there are no messages.
  const found = messages.length > 0;
  return { ...jsonAnswer('1.0', found ? { Messages: messages.map(received) } : {}), found };
}

function act(queue: MessageQueue, { action, input, caller }: AwsCall): AwsAnswer {
  const receipt = String(input['ReceiptHandle']);
  switch (action) {
    case 'SendMessage': {
      const body = String(input['MessageBody']);
      const group = input['MessageGroupId'] === undefined ? undefined : String(input['MessageGroupId']);
      const id = queue.send({ body, group, sender: caller, delaySeconds: Number(input['DelaySeconds'] ?? 0) });
      return jsonAnswer('1.0', { MessageId: id, MD5OfMessageBody: md5(body) });
    }
    case 'ChangeMessageVisibility':
      queue.changeVisibility(receipt, Number(input['VisibilityTimeout']));
      return jsonAnswer('1.0', {});
    case 'DeleteMessage':
      queue.delete(receipt);
      return jsonAnswer('1.0', {});
    default:
      return jsonAnswer('1.0', { __type: 'com.amazonaws.sqs#UnsupportedOperation', message: action }, 400);
  }
}

/** The default of SQS, in seconds. */
const DEFAULT_VISIBILITY_TIMEOUT = 30;
const arnOf = (name: string) => `arn:aws:sqs:eu-central-1:000000000000:${name}`;

function attributesOf(name: string, policy: RedrivePolicy | undefined): AwsAnswer {
  const redrive = policy && {
    RedrivePolicy: JSON.stringify({
      deadLetterTargetArn: arnOf(policy.deadLetterQueue),
      maxReceiveCount: policy.maxReceiveCount,
    }),
  };
  return jsonAnswer('1.0', {
    Attributes: { QueueArn: arnOf(name), VisibilityTimeout: `${DEFAULT_VISIBILITY_TIMEOUT}`, ...redrive },
  });
}

function received(message: QueuedMessage): unknown {
  const milliseconds = (seconds: number) => String(Math.floor(seconds * 1000));
  return {
    MessageId: message.id,
    ReceiptHandle: message.receipt,
    Body: message.body,
    MD5OfBody: md5(message.body),
    Attributes: {
      ApproximateReceiveCount: String(message.receives),
      SentTimestamp: milliseconds(message.sentAt),
      SenderId: message.sender,
      ApproximateFirstReceiveTimestamp: milliseconds(message.firstReceivedAt),
      ...(message.group !== undefined && { MessageGroupId: message.group }),
    },
  };
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}
