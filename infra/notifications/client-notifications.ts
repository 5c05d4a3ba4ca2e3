import { Duration } from 'aws-cdk-lib';
import { EventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { longestUseSeconds, mostDeliveries } from '../../provider/core/notifying/retries.ts';
import { DEFAULTS } from '../../provider/core/operating/defaults.ts';
import type { Deployment } from '../deployment.ts';
import { functions } from '../functions/deployed-functions.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge } from '../nag.ts';
import { addPingAlarms } from '../observability/alarms/pings.ts';
import { addOutputs } from '../outputs.ts';
import { INSTANCES_RANGE, LONGEST_RETENTION_SECONDS, MOST_RECEIVES } from './queue-limits.ts';

type ClientNotificationsProps = Pick<Deployment, 'settings' | 'deadLetters' | 'alarms'>;

/**
 * Five times five pings at a time: eighty a second where clients answer within 300 ms. Few, because each one that hangs
 * keeps an instance for five seconds, and a young account has ten for everything. Reserve concurrency for more.
 */
const INSTANCES = 5;
const BATCH = 5;

/**
 * The topic where the device function announces decisions of requests whose client is pinged, the queue behind it, and
 * what runs `client-notification`. A standard queue: with a message group for each client, which SNS hands on, it serves
 * the others first when the endpoint of one is slow.
 */
export class ClientNotifications extends Construct {
  readonly topic: Topic;
  readonly queue: Queue;
  readonly #settings: ClientNotificationsProps['settings'];

  constructor(scope: Construct, id: string, { settings, deadLetters, alarms }: ClientNotificationsProps) {
    super(scope, id);
    this.#settings = settings;
    this.topic = new Topic(this, 'Topic', { displayName: 'Decisions that clients are pinged of', enforceSSL: true });
    this.queue = this.#makeQueue(deadLetters);
    // Raw: the function reads what the other one wrote. What SNS may not deliver is a dead letter at once.
    const subscription = new SqsSubscription(this.queue, { rawMessageDelivery: true, deadLetterQueue: deadLetters });
    this.topic.addSubscription(subscription);
    addPingAlarms(alarms, this.queue);
    addOutputs(this, { NotificationQueue: this.queue.queueUrl });
  }

  /** By what the functions call topic and queue, and by what their roles are granted them. */
  get addresses(): { readonly topicArn: string; readonly queueArn: string; readonly queueUrl: string } {
    const { topicArn } = this.topic;
    const { queueArn, queueUrl } = this.queue;
    return { topicArn, queueArn, queueUrl };
  }

  #makeQueue(deadLetters: IQueue): Queue {
    const useSeconds = longestUseSeconds(this.#settings.limits?.expiryLimit ?? DEFAULTS.expiryLimitSeconds);
    return new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // An hour longer than anything could be redeemed: what nobody took in time is at least in the log, once the
      // function runs again.
      retentionPeriod: Duration.seconds(Math.min(useSeconds + 3600, LONGEST_RETENTION_SECONDS)),
      // Twice the function's time. AWS advises six times, so that a batch that was throttled is not delivered a second
      // time meanwhile. Here a lease in the table keeps a second delivery from pinging twice, and a crash must not cost
      // most of a request's life.
      visibilityTimeout: Duration.seconds(2 * functions['client-notification'].timeoutSeconds),
      // Only a backstop, beyond what the longest life takes: the function itself gives up at its end.
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: Math.min(mostDeliveries(useSeconds), MOST_RECEIVES) },
    });
  }

  /**
   * Lambda receives, deletes and postpones in the name of the function's role, and tries that when the mapping is made.
   * The role has what it needs from the table of functions, so no construct that grants more is used.
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
        'For a queue there is none; it has a dead-letter queue instead.',
    });
    addOutputs(this, { NotificationMapping: mapping.eventSourceMappingId });
  }
}
