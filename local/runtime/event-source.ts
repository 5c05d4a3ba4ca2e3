import { setTimeout as pause } from 'node:timers/promises';
import {
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import * as v from 'valibot';
import { awsEnvironment, type Host, type LocalFunction } from './function-host.ts';
import { queueUrl } from './queues.ts';

export type EventSourceOptions = {
  readonly awsEndpoint: string;
  /** The queue's name. */
  readonly queue: string;
  readonly functionName: LocalFunction;
  readonly host: Pick<Host, 'invoke'>;
  /** Gets the reason when an invocation fails. */
  readonly onLog: (functionName: LocalFunction, line: string) => void;
};
/** The part of a function's answer that lists the failed messages of a batch. */
const batchItemFailures = v.nullish(v.array(v.object({ itemIdentifier: v.optional(v.unknown()) })));

/** The most messages in a batch, as in the stack. */
const BATCH_SIZE = 5;
/** The batches in work at once, as in the stack. A slow client holds up only its own batch. */
const BATCHES_AT_ONCE = 5;
/** The longest wait that SQS allows. */
const LONG_POLL_SECONDS = 20;
/** The pause after an error of AWS or of the function. */
const PAUSE_MILLISECONDS = 200;

/**
 * Lambda's event source mapping. It receives messages from a queue, runs the function with batches of them, and deletes
 * those that succeeded. Failed messages become visible again after their visibility timeout. As in Lambda, the calls
 * use the function's own credentials.
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

  /** Stops at once. It does not wait for messages in work and does not delete them. */
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

  /** Runs the function, and returns the messages that succeeded. */
  async #invoke(messages: readonly Message[], arn: string): Promise<readonly Message[]> {
    const { host, functionName, onLog } = this.#options;
    try {
      const answer = await host.invoke(functionName, eventOf(messages, arn));
      return succeeded(messages, answer);
    } catch (error) {
      if (!this.#stop.signal.aborted)
        onLog(functionName, `invoked by its queue: ${error instanceof Error ? error.message : error}`);
      throw error;
    }
  }
}

/** Makes the event that Lambda makes from messages. */
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

/**
 * Returns the messages that succeeded: all without a list of failures. Throws if a failure names an unknown message.
 */
function succeeded(messages: readonly Message[], answer: unknown): readonly Message[] {
  const hasList = typeof answer === 'object' && answer !== null && 'batchItemFailures' in answer;
  const failures = v.parse(batchItemFailures, hasList ? answer.batchItemFailures : undefined) ?? [];
  const failed = failures.map(({ itemIdentifier }) => itemIdentifier);
  const isKnown = (id: unknown) => messages.some(({ MessageId }) => MessageId === id);
  if (!failed.every(isKnown)) throw new Error('batchItemFailures names a message that is not in the batch');
  return messages.filter(({ MessageId }) => !failed.includes(MessageId));
}
