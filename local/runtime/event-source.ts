import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import type { FunctionName } from '../../infra/functions/deployed-functions.ts';
import { awsEnvironment, type Host } from './function-host.ts';
import { queueUrl } from './queues.ts';

export type EventSourceOptions = {
  readonly awsEndpoint: string;
  /** The queue's name. */
  readonly queue: string;
  readonly functionName: FunctionName;
  readonly host: Pick<Host, 'invoke'>;
  /** Told why an invocation failed. */
  readonly onLog: (functionName: FunctionName, line: string) => void;
};
/** What a function says of a batch: which of its messages failed. */
const batchItemFailures = v.nullish(v.array(v.object({ itemIdentifier: v.optional(v.unknown()) })));

/** Messages a batch, at most. As the stack says. */
const BATCH_SIZE = 5;
/** As the stack says. A slow client holds up its own batch only, while there is another. */
const BATCHES_AT_ONCE = 5;
/** As long as SQS lets one wait. */
const LONG_POLL_SECONDS = 20;
/** After an error, of AWS or of the function. */
const PAUSE_MILLISECONDS = 200;

/**
 * Lambda's event source mapping: receives from a queue, runs the function with batches, deletes what it was done with.
 * What failed stays until its visibility timeout is over. AWS is called in the name of the function's role, as Lambda
 * does.
 */
export class EventSource {
  readonly #options: EventSourceOptions;
  readonly #url: string;
  readonly #sqs: SQSClient;
  readonly #stop = new AbortController();
  readonly #stopped: Promise<undefined>;
  #pollers: readonly Promise<void>[] = [];

  private constructor(options: EventSourceOptions) {
    const { awsEndpoint: endpoint, queue, functionName } = options;
    const {
      AWS_REGION = '',
      AWS_ACCESS_KEY_ID = '',
      AWS_SECRET_ACCESS_KEY = '',
    } = awsEnvironment(functionName, options);
    this.#options = options;
    this.#url = queueUrl(endpoint, queue);
    this.#sqs = new SQSClient({
      endpoint,
      region: AWS_REGION,
      credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      // The loop below tries again.
      maxAttempts: 1,
    });
    this.#stopped = new Promise((resolve) =>
      this.#stop.signal.addEventListener('abort', () => resolve(undefined), { once: true }),
    );
  }

  static async start(options: EventSourceOptions): Promise<EventSource> {
    const source = new EventSource(options);
    const { Attributes } = await source.#sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: source.#url, AttributeNames: ['All'] }),
    );
    const arn = Attributes?.['QueueArn'] ?? '';
    source.#pollers = Array.from({ length: BATCHES_AT_ONCE }, () => source.#poll(arn));
    return source;
  }

  /** Ends at once; what is in work is neither waited for nor deleted. */
  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all(this.#pollers);
    this.#sqs.destroy();
  }

  async #poll(arn: string): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const wentWell = await this.#handleBatch(arn).then(
        () => true,
        () => false,
      );
      if (!wentWell) await pause(PAUSE_MILLISECONDS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #handleBatch(arn: string): Promise<void> {
    const abortSignal = this.#stop.signal;
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: this.#url,
        MaxNumberOfMessages: BATCH_SIZE,
        WaitTimeSeconds: LONG_POLL_SECONDS,
        MessageSystemAttributeNames: ['All'],
      }),
      { abortSignal },
    );
    if (Messages.length === 0) return;
    const done = await Promise.race([this.#invoke(Messages, arn), this.#stopped]);
    for (const { ReceiptHandle } of done ?? []) {
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl: this.#url, ReceiptHandle }), { abortSignal });
    }
  }

  /** Tells which messages are done with. */
  async #invoke(messages: readonly Message[], arn: string): Promise<readonly Message[]> {
    const { host, functionName, onLog } = this.#options;
    try {
      const answer = await host.invoke(functionName, eventOf(messages, arn));
      return doneWith(messages, answer);
    } catch (error) {
      if (!this.#stop.signal.aborted)
        onLog(functionName, `invoked by its queue: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  }
}

/** The event as Lambda makes it of messages. */
function eventOf(messages: readonly Message[], arn: string): unknown {
  const Records = messages.map(({ MessageId, ReceiptHandle, Body, Attributes, MD5OfBody }) => ({
    messageId: MessageId,
    receiptHandle: ReceiptHandle,
    body: Body,
    attributes: Attributes,
    messageAttributes: {},
    md5OfBody: MD5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: arn,
    awsRegion: arn.split(':')[3],
  }));
  return { Records };
}

/** No list of failures means that all went well; a failure that names none of the messages, that nothing did. */
function doneWith(messages: readonly Message[], answer: unknown): readonly Message[] {
  const hasList = typeof answer === 'object' && answer !== null && 'batchItemFailures' in answer;
  const failures = v.parse(batchItemFailures, hasList ? answer.batchItemFailures : undefined) ?? [];
  const failed = failures.map(({ itemIdentifier }) => itemIdentifier);
  const isKnown = (id: unknown) => messages.some(({ MessageId }) => MessageId === id);
  if (!failed.every(isKnown)) throw new Error('batchItemFailures names a message that is not in the batch');
  return messages.filter(({ MessageId }) => !failed.includes(MessageId));
}
