import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const minimal = synthesized('minimal');
const dev = synthesized('dev');
const restored = new Synthesized({ ...settingsOf.minimal(), restored: { directoryTable: 'ciba-restored' } });

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const replica = (of: Synthesized, table: string): Value => of.data.Resources[table]?.Properties.Replicas[0];

describe('what is stored', () => {
  it('is in a stack of its own', () => {
    const here = minimal
      .all('AWS::DynamoDB::GlobalTable')
      .concat(minimal.all('AWS::KMS::Key'), minimal.all('AWS::S3::Bucket'));
    expect(here).toEqual([]);
    expect(minimal.all('AWS::CloudFormation::Stack').length).toBe(1);
  });

  it('keeps its logical ids, whatever moves in the code', () => {
    expect(Object.keys(minimal.data.Resources)).toEqual(
      expect.arrayContaining(['DirectoryTable', 'TransactionsTable', 'SigningKmsKey', 'AuditBucket']),
    );
  });

  it.each(['DirectoryTable', 'TransactionsTable', 'SigningKmsKey', 'AuditBucket'])('%s outlives the stack', (id) => {
    expect(minimal.data.Resources[id]?.DeletionPolicy).toBe('Retain');
    expect(minimal.data.Resources[id]?.UpdateReplacePolicy).toBe('Retain');
  });

  it.each(['DirectoryTable', 'TransactionsTable'])('%s is paid by request and protected from deletion', (id) => {
    expect(minimal.data.Resources[id]?.Properties.BillingMode).toBe('PAY_PER_REQUEST');
    expect(replica(minimal, id).DeletionProtectionEnabled).toBe(true);
  });

  it('Directory can be restored to any second of the last weeks', () => {
    expect(replica(minimal, 'DirectoryTable').PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled).toBe(true);
    expect(minimal.data.Resources['DirectoryTable']?.Properties.TimeToLiveSpecification).toBeUndefined();
  });

  it('Transactions is swept by the attribute ttl', () => {
    expect(minimal.data.Resources['TransactionsTable']?.Properties.TimeToLiveSpecification).toEqual({
      AttributeName: 'ttl',
      Enabled: true,
    });
  });

  it('tables have the string keys pk and sk', () => {
    for (const id of ['DirectoryTable', 'TransactionsTable'])
      expect(minimal.data.Resources[id]?.Properties.KeySchema).toEqual([
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ]);
  });

  it('the key that encrypts signing keys has a name by which people find it', () => {
    const [alias] = Object.values(minimal.data.Resources).filter(({ Type }) => Type === 'AWS::KMS::Alias');
    expect(alias?.Properties).toMatchObject({ TargetKeyId: { 'Fn::GetAtt': ['SigningKmsKey', 'Arn'] } });
    expect(JSON.stringify(alias?.Properties.AliasName)).toContain('alias/ciba-main-signing-keys');
  });

  it('the key that encrypts signing keys rotates, and can be saved for a month after its deletion', () => {
    expect(minimal.data.Resources['SigningKmsKey']?.Properties).toMatchObject({
      EnableKeyRotation: true,
      PendingWindowInDays: 30,
    });
  });

  it('goes with the stack in development, which has no audit store', () => {
    for (const id of ['DirectoryTable', 'TransactionsTable', 'SigningKmsKey'])
      expect(dev.data.Resources[id]?.DeletionPolicy).toBe('Delete');
    expect(replica(dev, 'DirectoryTable').DeletionProtectionEnabled).toBe(false);
    expect(dev.data.Resources['AuditBucket']).toBeUndefined();
    expect(dev.all('AWS::Logs::SubscriptionFilter')).toEqual([]);
  });

  it('can be a restored table: the functions turn to it, and the one before stays', () => {
    const { DIRECTORY_TABLE, TRANSACTIONS_TABLE } = restored.function('device').Properties.Environment.Variables;
    expect(DIRECTORY_TABLE).toBe('ciba-restored');
    expect(TRANSACTIONS_TABLE).not.toBe('ciba-restored');
    expect(JSON.stringify(restored.statements('admin'))).toContain(':table/ciba-restored');
    expect(restored.data.Resources['DirectoryTable']?.DeletionPolicy).toBe('Retain');
  });
});

describe('the audit trail', () => {
  const bucket = minimal.data.Resources['AuditBucket']?.Properties;
  const policy = Object.values(minimal.data.Resources).find(({ Type }) => Type === 'AWS::S3::BucketPolicy')?.Properties;
  const stream = Object.values(minimal.data.Resources).find(
    ({ Type }) => Type === 'AWS::KinesisFirehose::DeliveryStream',
  );

  const statement = (sid: string): Value => policy.PolicyDocument.Statement.find(({ Sid }: Value) => Sid === sid) ?? {};

  it('gets the audit lines of every function that writes any, and nothing else', () => {
    const filters = minimal.all('AWS::Logs::SubscriptionFilter').map(({ Properties }) => Properties);
    expect(filters.length).toBe(10);
    for (const filter of filters) {
      expect(filter.FilterName).toBe('ciba-main-audit');
      expect(filter.FilterPattern).toBe('{ $.message = "audit" }');
      expect(JSON.stringify(filter.DestinationArn)).toContain('AuditStream');
    }
  });

  it('has its own retention', () => {
    expect(bucket.LifecycleConfiguration.Rules[0]).toMatchObject({ ExpirationInDays: 400, Status: 'Enabled' });
    const other = new Synthesized({ auditRetentionDays: 2000 });
    expect(other.data.Resources['AuditBucket']?.Properties.LifecycleConfiguration.Rules[0].ExpirationInDays).toBe(2000);
  });

  it('is gone soon after its retention: what an expired or overwritten object held goes within days', () => {
    for (const template of [minimal, new Synthesized({ auditRetentionDays: 2000 })]) {
      const [rule, ...others] = template.data.Resources['AuditBucket']?.Properties.LifecycleConfiguration.Rules ?? [];
      expect(others).toEqual([]);
      expect(rule.NoncurrentVersionExpiration.NoncurrentDays).toBe(7);
      expect(rule.AbortIncompleteMultipartUpload.DaysAfterInitiation).toBe(7);
    }
    expect(read('docs/operations.md')).toContain(
      'at least 400 days (`auditRetentionDays`), and are gone within 9 days',
    );
  });

  it.each([
    ['governance', undefined, 400],
    ['compliance', 2000, 2000],
  ] as const)(
    'is locked in the mode %s if the settings say so, each object for the days of the retention (%s) and no longer',
    (auditLock, auditRetentionDays, Days) => {
      const locked = new Synthesized({ auditLock, ...(auditRetentionDays && { auditRetentionDays }) });
      const { Properties, UpdateReplacePolicy } = locked.data.Resources['AuditBucket'] ?? {};
      expect([Properties?.ObjectLockEnabled, Properties?.ObjectLockConfiguration]).toEqual([
        true,
        {
          ObjectLockEnabled: 'Enabled',
          Rule: { DefaultRetention: { Mode: auditLock.toUpperCase(), Days } },
        },
      ]);
      expect(Properties?.LifecycleConfiguration.Rules[0].ExpirationInDays).toBe(Days);
      // If CloudFormation replaces the bucket for the sake of the lock, the former one stays with its events.
      expect(UpdateReplacePolicy).toBe('Retain');
    },
  );

  it('has no lock otherwise: it could not be taken off again', () => {
    expect([bucket.ObjectLockEnabled, bucket.ObjectLockConfiguration]).toEqual([undefined, undefined]);
  });

  it('can only grow: versions are kept, and nobody may delete', () => {
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(statement('AppendOnly')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: [
        's3:BypassGovernanceRetention',
        's3:DeleteObject',
        's3:DeleteObjectVersion',
        's3:PutObjectRetention',
        's3:ReplicateDelete',
        's3:ReplicateObject',
      ],
    });
    expect(statement('AppendOnly').Condition).toBeUndefined();
  });

  it('is written by the delivery stream alone, so nobody can write over an event', () => {
    const role = stream?.Properties.ExtendedS3DestinationConfiguration.RoleARN;
    expect(role['Fn::GetAtt'][1]).toBe('Arn');
    expect(statement('OnlyDeliveryWrites')).toMatchObject({
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:PutObject',
      Condition: { ArnNotEquals: { 'aws:PrincipalArn': role } },
    });
  });

  it('keeps its days and its versions: only deployments change lifecycle rules and versioning, or remove the policy', () => {
    expect(statement('OnlyDeploymentsChange')).toEqual({
      Sid: 'OnlyDeploymentsChange',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: [
        's3:DeleteBucketPolicy',
        's3:PutBucketObjectLockConfiguration',
        's3:PutBucketVersioning',
        's3:PutLifecycleConfiguration',
        's3:PutReplicationConfiguration',
      ],
      Resource: { 'Fn::GetAtt': ['AuditBucket', 'Arn'] },
      // Both must hold: neither a session of CloudFormation, nor a call that CloudFormation makes for its caller.
      Condition: {
        StringNotLike: { 'aws:userid': '*:AWSCloudFormation' },
        'ForAllValues:StringNotEquals': { 'aws:CalledVia': 'cloudformation.amazonaws.com' },
      },
    });
  });

  it('leaves the policy of the bucket changeable, so that nobody is locked out', () => {
    const denied = policy.PolicyDocument.Statement.filter(
      ({ Effect, Sid }: Value) => Effect === 'Deny' && Sid !== undefined,
    ).flatMap(({ Action }: Value) => Action);
    expect(denied).not.toContain('s3:PutBucketPolicy');
    expect(denied).not.toContain('s3:*');
  });

  it('stays protected when the stack is deleted: the policy outlives it with the bucket', () => {
    const resource = Object.values(minimal.data.Resources).find(({ Type }) => Type === 'AWS::S3::BucketPolicy');
    expect([resource?.DeletionPolicy, resource?.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
  });

  it('is encrypted and closed to the public and to plain HTTP', () => {
    expect(
      bucket.BucketEncryption.ServerSideEncryptionConfiguration[0].ServerSideEncryptionByDefault.SSEAlgorithm,
    ).toBe('AES256');
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(JSON.stringify(policy)).toContain('aws:SecureTransport');
  });

  it('is kept as one JSON line an event', () => {
    const types = stream?.Properties.ExtendedS3DestinationConfiguration.ProcessingConfiguration.Processors;
    expect(types.map(({ Type }: Value) => Type)).toEqual([
      'Decompression',
      'CloudWatchLogProcessing',
      'AppendDelimiterToRecord',
    ]);
  });
});
