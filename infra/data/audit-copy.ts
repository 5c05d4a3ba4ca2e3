import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Bucket, CfnBucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { acknowledgeWildcards } from '../nag.ts';
import type { AuditCopySettings } from '../settings/provider-settings.ts';
import { resourceOf } from './bucket-resource.ts';

/** The name of the rule, by which metrics tell it from others. */
export const COPY_RULE = 'audit-copy';

type AuditCopyConstructProps = {
  /** The bucket with the audit trail. */
  readonly bucket: Bucket;
  /** Whether its objects are locked, which S3 has to read. */
  readonly isLocked: boolean;
  readonly copy: AuditCopySettings;
};

/**
 * Has S3 copy each new object of the audit bucket into a bucket of another account, which owns the copy. Deletions are
 * not copied, and the role has no right to delete there: whoever takes over this account can stop the copies, which an
 * alarm tells, but not take one back.
 */
export class AuditCopy extends Construct {
  readonly role: Role;
  /** Where the copies go. */
  readonly to: AuditCopySettings;

  constructor(scope: Construct, id: string, props: AuditCopyConstructProps) {
    super(scope, id);
    this.to = props.copy;
    // S3 documents no condition on the account here. IAM lets nobody pass a role to a service of another account.
    this.role = new Role(this, 'Role', {
      description: 'S3: copies of the audit trail in another account',
      assumedBy: new ServicePrincipal('s3.amazonaws.com'),
    });
    this.#allow(props);
    resourceOf(props.bucket).replicationConfiguration = this.#configuration(props.copy);
  }

  /** A policy of its own: in the role it would name the bucket, and the bucket names the role. */
  #allow({ bucket, isLocked, copy }: AuditCopyConstructProps): void {
    const objects = [
      new PolicyStatement({
        actions: [
          's3:GetObjectVersionForReplication',
          's3:GetObjectVersionAcl',
          's3:GetObjectVersionTagging',
          ...(isLocked ? ['s3:GetObjectRetention', 's3:GetObjectLegalHold'] : []),
        ],
        resources: [bucket.arnForObjects('*')],
      }),
      new PolicyStatement({
        actions: ['s3:ReplicateObject', 's3:ReplicateTags', 's3:ObjectOwnerOverrideToBucketOwner'],
        resources: [`${copy.bucketArn}/*`],
      }),
    ];
    const policy = new Policy(this, 'Copy', {
      roles: [this.role],
      statements: [
        new PolicyStatement({
          actions: ['s3:GetReplicationConfiguration', 's3:ListBucket'],
          resources: [bucket.bucketArn],
        }),
        ...objects,
      ],
    });
    acknowledgeWildcards(policy, objects, 'Firehose chooses the object keys: the day, followed by a random part.');
  }

  #configuration({ bucketArn, account }: AuditCopySettings): CfnBucket.ReplicationConfigurationProperty {
    return {
      role: this.role.roleArn,
      rules: [
        {
          id: COPY_RULE,
          status: 'Enabled',
          priority: 1,
          // Every object. Without a filter S3 takes the rule for one of the former kind, which copies deletions.
          filter: { prefix: '' },
          deleteMarkerReplication: { status: 'Disabled' },
          destination: {
            bucket: bucketArn,
            account,
            accessControlTranslation: { owner: 'Destination' },
            metrics: { status: 'Enabled' },
          },
        },
      ],
    };
  }
}
