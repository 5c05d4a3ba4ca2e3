import { Stack } from 'aws-cdk-lib';
import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { type AuditStore, ERROR_PREFIX } from '../data/audit-store.ts';
import type { Deployment } from '../deployment.ts';
import { addAuditWatchAlarms } from './alarms/audit.ts';
import { OperatorsQueue } from './operators-queue.ts';

type AuditWatchProps = Pick<Deployment, 'alarms'> & { readonly store: AuditStore };

/**
 * Calls that can empty the bucket, open it for deletes, or encrypt what arrives with a key of somebody else. The names
 * are CloudTrail's; of the last one AWS documents the name of the call and the name of the right.
 */
const ON_BUCKET = [
  'DeleteBucket',
  'DeleteBucketLifecycle',
  'DeleteBucketPolicy',
  'DeleteBucketReplication',
  'PutBucketEncryption',
  'PutBucketLifecycle',
  'PutBucketNotification',
  'PutBucketPolicy',
  'PutBucketReplication',
  'PutBucketVersioning',
  'PutBucketObjectLockConfiguration',
  'PutObjectLockConfiguration',
];
/** Calls that can stop the flow of events or records, or lead it elsewhere. */
const ON_STREAM = ['DeleteDeliveryStream', 'UpdateDestination'];
const ON_LOG_GROUPS = ['DeleteLogGroup', 'DeleteSubscriptionFilter', 'PutSubscriptionFilter'];

/**
 * Watches the store of the audit trail from outside: for events that Firehose could not deliver, and for changes by
 * others than CloudFormation, which need a trail of CloudTrail to be seen. Each goes into a queue and raises an alarm.
 */
export class AuditWatch extends Construct {
  constructor(scope: Construct, id: string, { store, alarms }: AuditWatchProps) {
    super(scope, id);
    const queue = new OperatorsQueue(this, 'AuditWatchQueue');
    const notDelivered = queue.watch('NotDelivered', {
      description: 'Audit events that Firehose could not deliver, and put aside',
      eventPattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: { bucket: { name: [store.bucket.bucketName] }, object: { key: Match.prefix(ERROR_PREFIX) } },
      },
    });
    const changed = queue.watch('Changed', {
      description: 'Changes by others than CloudFormation that can empty the audit bucket, or stop what goes there',
      eventPattern: this.#changes(store),
    });
    addAuditWatchAlarms(alarms, { notDelivered, changed });
  }

  /** Log groups are told by the beginning of their names, because a pattern has no room for all of them. */
  #changes({ bucket, stream, records }: AuditStore): EventPattern {
    return {
      source: ['aws.s3', 'aws.firehose', 'aws.logs'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: {
        sourceIPAddress: Match.anythingBut('cloudformation.amazonaws.com'),
        $or: [
          { eventName: ON_BUCKET, requestParameters: { bucketName: [bucket.bucketName] } },
          { eventName: ON_STREAM, requestParameters: { deliveryStreamName: [stream.ref, records.ref] } },
          {
            eventName: ON_LOG_GROUPS,
            requestParameters: { logGroupName: Match.prefix(`${Stack.of(this).stackName}-`) },
          },
        ],
      },
    };
  }
}
