import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { deliverySeconds, mostPushDeliveries } from '../../provider/core/notifying/push-answer.ts';
import { longestUseSeconds, mostDeliveries } from '../../provider/core/notifying/retries.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import type { Deployment } from '../deployment.ts';
import { functions } from '../functions/deployed-functions.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge } from '../nag.ts';
import { addPingAlarms } from '../observability/alarms/pings.ts';
import { addOutputs } from '../outputs.ts';
import { INSTANCES_RANGE, LONGEST_RETENTION_SECONDS, MAX_RECEIVES } from './queue-limits.ts';

type ClientNotificationsProps = Pick<Deployment, 'settings' | 'deadLetters' | 'alarms'>;

/**
 * Five instances with five pings each: 80 pings a second where clients answer within 300 ms. A ping that hangs keeps an
 * instance busy for five seconds, and a new account has ten instances for everything. Reserve concurrency for more.
 */
const INSTANCES = 5;
const BATCH = 5;

/**
 * The topic where the function `device` announces decisions for clients in ping and push mode, the queue that is
 * subscribed to it, and the mapping that runs `client-notification`. It is a standard queue. SNS passes on a message
 * group for each client, so the queue serves other clients first when the endpoint of one is slow.
 */
export class ClientNotifications extends Construct {
  readonly topic: Topic;
  readonly queue: Queue;
  readonly #settings: ClientNotificationsProps['settings'];

  constructor(scope: Construct, id: string, { settings, deadLetters, alarms }: ClientNotificationsProps) {
    super(scope, id);
    this.#settings = settings;
    this.topic = new Topic(this, 'Topic', { displayName: 'Decisions to notify clients of', enforceSSL: true });
    this.queue = this.#makeQueue(deadLetters);
    // With raw delivery `client-notification` reads exactly what `device` wrote. A message that SNS may not deliver
    // goes to the dead-letter queue at once.
    const subscription = new SqsSubscription(this.queue, { rawMessageDelivery: true, deadLetterQueue: deadLetters });
    this.topic.addSubscription(subscription);
    addPingAlarms(alarms, this.queue);
    addOutputs(this, { NotificationQueue: this.queue.queueUrl });
  }

  /** The names by which functions call the topic and the queue, and by which roles are granted access. */
  get addresses(): { readonly topicArn: string; readonly queueArn: string; readonly queueUrl: string } {
    const { topicArn } = this.topic;
    const { queueArn, queueUrl } = this.queue;
    return { topicArn, queueArn, queueUrl };
  }

  #makeQueue(deadLetters: IQueue): Queue {
    const { limits, lifetimes } = this.#settings;
    const useSeconds = longestUseSeconds(limits?.expiryLimit ?? DEFAULTS.expiryLimitSeconds);
    const pushSeconds = deliverySeconds(lifetimes?.accessToken ?? DEFAULTS.accessTokenSeconds);
    const deliveries = Math.max(mostDeliveries(useSeconds), mostPushDeliveries(pushSeconds));
    return new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // An hour longer than a request can be redeemed or tokens are pushed, so that a function that did not run for
      // some time still logs the announcements that it missed.
      retentionPeriod: Duration.seconds(Math.min(Math.max(useSeconds, pushSeconds) + 3600, LONGEST_RETENTION_SECONDS)),
      // Twice the timeout of the function. AWS advises six times, so that a throttled batch is not delivered again too
      // early. Here a lease in the table keeps a second delivery from pinging twice, and after a crash a longer wait
      // would use up most of a request's life.
      visibilityTimeout: Duration.seconds(2 * functions['client-notification'].timeoutSeconds),
      // Only a safety net, above the number of deliveries in the longest life of a request. The function gives up by
      // itself when a request ends.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: Math.min(deliveries, MAX_RECEIVES) },
    });
  }

  /**
   * Runs the function for the messages in the queue. Lambda receives, deletes and postpones messages with the
   * function's role, and checks that when the mapping is made. The role has these permissions from
   * `lambdas/client-notification/function.ts`; a higher-level construct would grant more.
   */
  feed(notifier: ProviderFunction): void {
    const reserved = this.#settings.reservedConcurrency?.['client-notification'];
    const { least, most } = INSTANCES_RANGE;
    const mapping = new EventSourceMapping(this, 'Mapping', {
      target: notifier.live,
      eventSourceArn: this.queue.queueArn,
      batchSize: BATCH,
      reportBatchItemFailures: true,
      maxConcurrency: Math.min(Math.max(reserved ?? INSTANCES, least), most),
    });
    mapping.node.addDependency(notifier.role);
    acknowledge(mapping, {
      'Serverless-LambdaEventSourceMappingDestination':
        'A mapping from a queue has no failure destination. The queue has a dead-letter queue instead.',
    });
    addOutputs(this, { NotificationMapping: mapping.eventSourceMappingId });
  }
}
