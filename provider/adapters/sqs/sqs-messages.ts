import { ChangeMessageVisibilityCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Whole } from '../../core/whole.ts';
import type { AnnouncementMessage, DeadLetters, LaterAnnouncements } from '../../flows/notifying/ports.ts';

type Undelivered = Parameters<DeadLetters['record']>[0];

/** The messages of the queue of notifications, while a function handles them, and what follows from them. */
export class SqsMessages implements LaterAnnouncements {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** Makes a message that is not deleted visible again after this many seconds. */
  async postpone(receiptHandle: string, seconds: number): Promise<void> {
    await this.#sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: this.#queueUrl,
        ReceiptHandle: receiptHandle,
        VisibilityTimeout: seconds,
      }),
    );
  }

  /** A delayed message does not count as in flight, of which a queue may have 120,000. */
  async announceLater(announced: Parameters<LaterAnnouncements['announceLater']>[0], seconds: number): Promise<void> {
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify(messageOf(announced)),
        MessageGroupId: announced.clientId,
        DelaySeconds: seconds,
      }),
    );
  }
}

/** The dead-letter queue, for what could not be delivered. */
export class SqsDeadLetters implements DeadLetters {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  async record({ because, ...announced }: Undelivered): Promise<void> {
    const letter = { ...messageOf(announced), client_id: announced.clientId, undelivered: because };
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: this.#queueUrl, MessageBody: JSON.stringify(letter) }));
  }
}

function messageOf({
  requestId,
  correlationId,
  watchesExpiry,
  reminds,
}: Omit<Undelivered, 'because'>): Whole<AnnouncementMessage> {
  return { request_id: requestId, correlation_id: correlationId, watches_expiry: watchesExpiry, reminds };
}
