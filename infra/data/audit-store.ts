import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledge, acknowledgeOpenArns } from '../nag.ts';
import { pinLogicalId } from './pinned-id.ts';

/** CloudWatch Logs sends zipped envelopes of several lines; what is kept is the lines alone. */
const LINES: CfnDeliveryStream.ProcessorProperty[] = [
  { type: 'Decompression', parameters: [{ parameterName: 'CompressionFormat', parameterValue: 'GZIP' }] },
  { type: 'CloudWatchLogProcessing', parameters: [{ parameterName: 'DataMessageExtraction', parameterValue: 'true' }] },
  { type: 'AppendDelimiterToRecord' },
];

/** Where audit events are kept: one zipped JSON line an event, by day, in a bucket that nobody can delete from. */
export class AuditStore extends Construct {
  readonly bucket: Bucket;
  readonly stream: CfnDeliveryStream;

  constructor(scope: Construct, id: string, { retentionDays }: { retentionDays: number }) {
    super(scope, id);
    this.bucket = this.#bucket(Duration.days(retentionDays));
    this.stream = this.#stream();
  }

  #bucket(kept: Duration): Bucket {
    const bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      versioned: true,
      lifecycleRules: [{ expiration: kept, noncurrentVersionExpiration: kept }],
      removalPolicy: RemovalPolicy.RETAIN,
    });
    pinLogicalId(bucket, 'AuditBucket');
    // Nobody deletes, not even an administrator by mistake; the lifecycle rule is not bound by this policy.
    bucket.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AppendOnly',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['s3:DeleteObject', 's3:DeleteObjectVersion'],
        resources: [bucket.arnForObjects('*')],
      }),
    );
    acknowledge(bucket, {
      'AwsSolutions-S1':
        'This is the audit trail itself. Who reads it shows in CloudTrail data events, which an account keeps in one place.',
    });
    return bucket;
  }

  #stream(): CfnDeliveryStream {
    const statements = [
      new PolicyStatement({
        actions: ['s3:PutObject', 's3:AbortMultipartUpload'],
        resources: [this.bucket.arnForObjects('*')],
      }),
      // Firehose looks where the bucket is and what it left unfinished; it reads no event back.
      new PolicyStatement({
        actions: ['s3:GetBucketLocation', 's3:ListBucket', 's3:ListBucketMultipartUploads'],
        resources: [this.bucket.bucketArn],
      }),
    ];
    // Permissions inside the role, so that the stream, which is checked when it is made, waits for them too.
    const role = new Role(this, 'DeliveryRole', {
      assumedBy: new ServicePrincipal('firehose.amazonaws.com'),
      inlinePolicies: { Deliver: new PolicyDocument({ statements }) },
    });
    acknowledgeOpenArns(role, statements, 'Object keys begin with the day and end with a random part.');
    return new CfnDeliveryStream(this, 'Stream', {
      deliveryStreamType: 'DirectPut',
      deliveryStreamEncryptionConfigurationInput: { keyType: 'AWS_OWNED_CMK' },
      extendedS3DestinationConfiguration: {
        bucketArn: this.bucket.bucketArn,
        roleArn: role.roleArn,
        compressionFormat: 'GZIP',
        bufferingHints: { intervalInSeconds: 300, sizeInMBs: 5 },
        prefix: 'audit/!{timestamp:yyyy/MM/dd}/',
        errorOutputPrefix: 'not-delivered/!{firehose:error-output-type}/!{timestamp:yyyy/MM/dd}/',
        processingConfiguration: { enabled: true, processors: LINES },
      },
    });
  }
}
