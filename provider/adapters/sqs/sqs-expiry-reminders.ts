import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Whole } from '../../core/whole.ts';
import type { ExpiryMessage, ExpiryReminders } from '../../flows/operating/ports.ts';

/** Reminders of requests that may expire, as delayed messages in a queue. */
export class SqsExpiryReminders implements ExpiryReminders {
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  async remind({ requestId, inSeconds }: Parameters<ExpiryReminders['remind']>[0]): Promise<void> {
    const message: Whole<ExpiryMessage> = { request_id: requestId };
    await this.#sqs.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: inSeconds,
      }),
    );
  }
}
