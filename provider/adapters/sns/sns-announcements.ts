import type { Whole } from '../../core/whole.ts';
import type { AnnouncedDecision, AnnouncementMessage, Announcements } from '../../flows/notifying/ports.ts';
import type { CallSns } from './query-protocol.ts';

/**
 * Announces decisions on a topic whose only subscriber is the queue of notifications. It is a topic because the
 * functions that announce call SNS anyway (docs/adr/0015).
 */
export class SnsAnnouncements implements Announcements {
  readonly #sns: CallSns;
  readonly #topicArn: string;

  constructor(sns: CallSns, topicArn: string) {
    this.#sns = sns;
    this.#topicArn = topicArn;
  }

  /**
   * Announces a decision. Each client has its own message group, so that the queue serves other clients first when the
   * endpoint of one is slow.
   */
  async announce({ requestId, clientId, correlationId, watchesExpiry, reminds }: AnnouncedDecision): Promise<void> {
    const message: Whole<AnnouncementMessage> = {
      request_id: requestId,
      correlation_id: correlationId,
      watches_expiry: watchesExpiry,
      reminds,
    };
    await this.#sns('Publish', {
      TopicArn: this.#topicArn,
      Message: JSON.stringify(message),
      MessageGroupId: clientId,
    });
  }
}
