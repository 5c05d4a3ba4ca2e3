import { Aws, Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  AnyPrincipal,
  Effect,
  PolicyDocument,
  PolicyStatement,
  type PolicyStatementProps,
  Role,
  ServicePrincipal,
} from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption, ObjectLockRetention } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeWildcards } from '../nag.ts';
import type { AuditCopySettings } from '../settings/provider-settings.ts';
import { AuditCopy } from './audit-copy.ts';
import { resourceOf } from './bucket-resource.ts';
import { pinLogicalId } from './pinned-id.ts';

/** CloudWatch Logs sends compressed envelopes with several lines each. These processors keep the lines only. */
const LINES: CfnDeliveryStream.ProcessorProperty[] = [
  { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
  { type: 'CloudWatchLogProcessing', parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }] },
  { type: 'AppendDelimiterToRecord' },
];

/** Keys of events that Firehose could not process begin so. */
export const ERROR_PREFIX = 'not-delivered/';
/**
 * Days for which S3 keeps what an expired or overwritten object held. Long enough to notice, and short enough that
 * events are gone soon after the days that the settings promise.
 */
const NONCURRENT_DAYS = 7;

/**
 * True for calls that CloudFormation does not make. With a role of its own, CloudFormation calls its session
 * `AWSCloudFormation`; with the rights of its caller, it names itself in `aws:CalledVia`. Whoever gives a session this
 * name gets around the denial, but not around the alarm.
 */
const NOT_BY_CLOUDFORMATION = {
  StringNotLike: { 'aws:userid': '*:AWSCloudFormation' },
  'ForAllValues:StringNotEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' },
};

type AuditStoreProps = {
  readonly retentionDays: number;
  /** Whether and how S3 locks each object for these days. */
  readonly lock: 'governance' | 'compliance' | undefined;
  /** Where S3 copies each object. */
  readonly copy: AuditCopySettings | undefined;
};

/**
 * The bucket that keeps audit events as compressed JSON, one line per event, by day. No principal can delete from it,
 * and only the delivery stream can write to it.
 */
export class AuditStore extends Construct {
  readonly bucket: Bucket;
  /** Takes what CloudWatch Logs forwards: a copy of every event. */
  readonly stream: CfnDeliveryStream;
  /** Takes the records that functions store, and acknowledges each. */
  readonly records: CfnDeliveryStream;
  /** The copies in another account. Undefined if the settings ask for none. */
  readonly copy: AuditCopy | undefined;

  constructor(scope: Construct, id: string, props: AuditStoreProps) {
    super(scope, id);
    this.bucket = this.#bucket(props);
    const { lock, copy } = props;
    if (copy) this.copy = new AuditCopy(this, 'Copy', { bucket: this.bucket, isLocked: lock !== undefined, copy });
    const role = this.#deliveryRole();
    this.#protect(role);
    this.stream = this.#stream('Stream', role, { folder: 'audit', processors: LINES });
    // Functions send whole lines.
    this.records = this.#stream('Records', role, { folder: 'records', processors: [] });
  }

  #bucket({ retentionDays, lock }: AuditStoreProps): Bucket {
    const kept = Duration.days(retentionDays);
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      // A lock ends when its object expires. What S3 deletes a week later has no lock any more.
      ...(lock && { objectLockEnabled: true, objectLockDefaultRetention: ObjectLockRetention[lock](kept) }),
      // An expired object of a versioned bucket becomes a noncurrent version, which a rule of its own deletes.
      lifecycleRules: [
        {
          expiration: kept,
          noncurrentVersionExpiration: Duration.days(NONCURRENT_DAYS),
          abortIncompleteMultipartUploadAfter: Duration.days(NONCURRENT_DAYS),
        },
      ],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pinLogicalId(bucket, 'AuditBucket');
    tellEventBridge(bucket);
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'This is the audit trail itself. CloudTrail data events show who reads it, and an account keeps those in one place.',
    });
    return bucket;
  }

  /**
   * Denies deletes to everybody, so even an administrator cannot delete by mistake, and changes of locks, which the
   * bucket gives to each object by itself. Lifecycle rules are exempt from bucket policies, so they are closed too. Writes are denied to all but the delivery stream: an object that is written
   * over becomes a noncurrent version, which expires within days. `PutBucketPolicy` stays with IAM, so that a wrong
   * policy can be corrected; an alarm watches it.
   */
  #protect(role: Role): void {
    const objects = this.bucket.arnForObjects('*');
    this.#deny('AppendOnly', {
      actions: [
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:ReplicateDelete',
        's3:ReplicateObject',
        's3:BypassGovernanceRetention',
        's3:PutObjectRetention',
      ],
      resources: [objects],
    });
    this.#deny('OnlyDeliveryWrites', {
      actions: ['s3:PutObject'],
      resources: [objects],
      conditions: { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } },
    });
    this.#deny('OnlyDeploymentsChange', {
      actions: [
        's3:PutLifecycleConfiguration',
        's3:PutBucketVersioning',
        's3:PutBucketObjectLockConfiguration',
        's3:PutReplicationConfiguration',
        's3:DeleteBucketPolicy',
      ],
      resources: [this.bucket.bucketArn],
      conditions: NOT_BY_CLOUDFORMATION,
    });
    // A bucket that outlives the stack keeps its protection.
    this.bucket.policy?.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }

  #deny(sid: string, denied: Pick<PolicyStatementProps, 'actions' | 'resources' | 'conditions'>): void {
    this.bucket.addToResourcePolicy(
      new PolicyStatement({ sid, effect: Effect.DENY, principals: [new AnyPrincipal()], ...denied }),
    );
  }

  #deliveryRole(): Role {
    const statements = [
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: [this.bucket.arnForObjects('*')],
      }),
      // Firehose reads the location of the bucket and its own unfinished uploads. It does not read events back.
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    ];
    // The permissions are inline, so that the stream waits for them: Firehose checks them when the stream is made.
    const role = new Role(this, 'DeliveryRole', {
      // Firehose names the account in whose name it acts. Without the condition, an account that could pass this role to
      // a stream of its own would write here.
      assumedBy: new ServicePrincipal('firehose.amazonaws.com', {
        conditions: { StringEquals: { 'sts:ExternalId': Aws.ACCOUNT_ID } },
      }),
      inlinePolicies: { Deliver: new PolicyDocument({ statements }) },
    });
    acknowledgeWildcards(role, statements, 'Firehose chooses the object keys: the day, followed by a random part.');
    return role;
  }

  #stream(
    id: string,
    role: Role,
    { folder, processors }: { folder: string; processors: CfnDeliveryStream.ProcessorProperty[] },
  ): CfnDeliveryStream {
    return new CfnDeliveryStream(this, id, {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
        prefix: `${folder}/!{timestamp:yyyy/MM/dd}/`,
        errorOutputPrefix: `${ERROR_PREFIX}!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/`,
        ...(processors.length > 0 && { processingConfiguration: { enabled: true, processors } }),
      },
    });
  }
}

/**
 * Lets S3 tell EventBridge of each new object. CDK's own option would add a function that sets this up from outside the
 * template.
 */
function tellEventBridge(bucket: Bucket): void {
  resourceOf(bucket).addPropertyOverride('NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled', true);
}
