import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Announcements } from '../../flows/notifying/ports.ts';

/**
 * The topic whose one subscriber is the queue of notifications. A topic, because the functions that announce have SNS
 * at hand: a client for SQS would break the budget of their bundles (docs/adr/0015).
 */
export class SnsAnnouncements implements Announcements {
  readonly #sns: SNSClient;
  readonly #topicArn: string;

  constructor(sns: SNSClient, topicArn: string) {
    this.#sns = sns;
    this.#topicArn = topicArn;
  }

  /** One message group a client: the queue serves the others first when the endpoint of one is slow. */
  async announce({ requestId, clientId, correlationId }: Parameters<Announcements['announce']>[0]): Promise<void> {
    await this.#sns.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Message: JSON.stringify({ request_id: requestId, correlation_id: correlationId }),
        MessageGroupId: clientId,
      }),
    );
  }
}
