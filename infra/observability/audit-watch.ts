import { Duration, Stack } from 'aws-cdk-lib';
import { type EventPattern, Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { type AuditStore, ERROR_PREFIX } from '../data/audit-store.ts';
import type { Deployment } from '../deployment.ts';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';
import { addAuditWatchAlarms } from './alarms/audit.ts';

type AuditWatchProps = Pick<Deployment, 'alarms'> & { readonly store: AuditStore };

/** Calls that can empty the bucket, or open it for deletes. The names are CloudTrail's. */
const ON_BUCKET = [
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'PutBucketLifecycle',
  'PutBucketNotification',
  'PutBucketPolicy',
  'PutBucketVersioning',
];
/** Calls that can stop the flow of events, or lead it elsewhere. */
const ON_STREAM = ['DeleteDeliveryStream', 'UpdateDestination'];
const ON_LOG_GROUPS = ['DeleteLogGroup', 'DeleteSubscriptionFilter', 'PutSubscriptionFilter'];

/**
 * Watches the store of the audit trail from outside: for events that Firehose could not deliver, and for changes by
 * others than CloudFormation, which need a trail of CloudTrail to be seen. Each goes into a queue and raises an alarm.
 */
export class AuditWatch extends Construct {
  constructor(scope: Construct, id: string, { store, alarms }: AuditWatchProps) {
    super(scope, id);
    const queue = this.#queue();
    const notDelivered = this.#rule(queue, 'NotDelivered', {
      description: 'Audit events that Firehose could not deliver, and put aside',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [store.bucket.bucketName] }, object: { key: Match.prefix(ERROR_PREFIX) } },
      },
    });
    const changed = this.#rule(queue, 'Changed', {
      description: 'Changes by others than CloudFormation that can empty the audit bucket, or stop what goes there',
      eventPattern: this.#changes(store),
    });
    addAuditWatchAlarms(alarms, { notDelivered, changed });
    addOutputs(this, { AuditWatchQueue: queue.queueUrl });
  }

  #rule(queue: Queue, id: string, props: { description: string; eventPattern: EventPattern }): Rule {
    const rule = new Rule(this, id, { ...props, targets: [new SqsQueue(queue as IQueue)] });
    acknowledge(rule, { 'Serverless-EventBusDLQ': 'The target is a queue. EventBridge tries it for a day.' });
    return rule;
  }

  /** Log groups are told by the beginning of their names, because a pattern has no room for all of them. */
  #changes({ bucket, stream }: AuditStore): EventPattern {
    return {
      source: ['aws.s3', 'aws.firehose', 'aws.logs'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        sourceIPAddress: Match.anythingBut('cloudformation.amazonaws.com'),
        $or: [
          { eventName: ON_BUCKET, requestParameters: { bucketName: [bucket.bucketName] } },
          { eventName: ON_STREAM, requestParameters: { deliveryStreamName: [stream.ref] } },
          {
            eventName: ON_LOG_GROUPS,
            requestParameters: { logGroupName: Match.prefix(`${Stack.of(this).stackName}-`) },
          },
        ],
      },
    };
  }

  #queue(): Queue {
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = 'Operators read this queue; no function does.';
    acknowledge(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
    return queue;
  }
}
