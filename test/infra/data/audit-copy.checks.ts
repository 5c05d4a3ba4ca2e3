import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { codeBlocksIn, root } from '../../support/code-blocks.ts';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const { bucketArn = '', account = '' } = settingsOf.production().auditCopy ?? {};
const objects = `${bucketArn}/*`;
const bucket = production.data.Resources['AuditBucket']?.Properties;
const [rule, ...others] = bucket.ReplicationConfiguration.Rules;
const roleId: string = bucket.ReplicationConfiguration.Role['Fn::GetAtt'][0];

/** What the role may do, in the templates of a setting. */
function statementsOf(of: Synthesized, role: string): Value[] {
  const policies = Object.values(of.data.Resources).filter(
    ({ Type, Properties }) => Type === 'AWS::IAM::Policy' && Properties.Roles.some(({ Ref }: Value) => Ref === role),
  );
  return policies.flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
const actionsOn = (of: Synthesized, role: string, resource: (text: string) => boolean): string[] =>
  statementsOf(of, role)
    .filter(({ Resource }) => resource(JSON.stringify(Resource)))
    .flatMap(({ Action }) => Action)
    .toSorted();

function alarm(of: Synthesized, name: string): Value {
  return of.all('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName.endsWith(name))?.Properties;
}

/** The policy of the other bucket, as docs/deploy.md says to set it. */
function policyInDocs(): Value {
  const texts = codeBlocksIn('docs/deploy.md', 'text').map(({ text }) => text);
  return JSON.parse(texts.find((text) => text.includes('"OnlyCopies"')) ?? '{}');
}

describe('a copy of the audit trail in another account', () => {
  it('is off unless the settings name a bucket', () => {
    expect(minimal.data.Resources['AuditBucket']?.Properties.ReplicationConfiguration).toBeUndefined();
    expect(minimal.main.Outputs?.['AuditCopyRole']).toBeUndefined();
    expect(alarm(minimal, 'audit-copy-failed')).toBeUndefined();
    expect(minimal.data.Resources).not.toHaveProperty(roleId);
  });

  it('is of every object, and belongs to the other account', () => {
    expect(others).toEqual([]);
    expect(rule).toEqual({
      Id: 'audit-copy',
      Status: 'Enabled',
      Priority: 1,
      Filter: { Prefix: '' },
      DeleteMarkerReplication: { Status: 'Disabled' },
      Destination: {
        Bucket: bucketArn,
        Account: account,
        AccessControlTranslation: { Owner: 'Destination' },
        Metrics: { Status: 'Enabled' },
      },
    });
    expect(bucket.VersioningConfiguration).toEqual({ Status: 'Enabled' });
    expect(account).not.toBe(settingsOf.production().account);
  });

  it('has no right to delete or overwrite there, and copies no deletion', () => {
    expect(actionsOn(production, roleId, (text) => text.includes(bucketArn))).toEqual([
      's3:ObjectOwnerOverrideToBucketOwner',
      's3:ReplicateObject',
      's3:ReplicateTags',
    ]);
    expect(rule.DeleteMarkerReplication).toEqual({ Status: 'Disabled' });
  });

  it('may read the audit bucket for copies alone, and its locks only if there are any', () => {
    const here = (text: string) => text.includes('AuditBucket');
    const read = [
      's3:GetObjectVersionAcl',
      's3:GetObjectVersionForReplication',
      's3:GetObjectVersionTagging',
      's3:GetReplicationConfiguration',
      's3:ListBucket',
    ];
    expect(actionsOn(production, roleId, here)).toEqual(read);
    const locked = new Synthesized({ auditCopy: { bucketArn, account }, auditLock: 'compliance' });
    expect(actionsOn(locked, roleId, here)).toEqual(
      [...read, 's3:GetObjectLegalHold', 's3:GetObjectRetention'].toSorted(),
    );
    expect(statementsOf(production, roleId)).toHaveLength(3);
  });

  it('is made by S3 alone, with a role that other accounts cannot use for their buckets', () => {
    const trust = production.data.Resources[roleId]?.Properties.AssumeRolePolicyDocument.Statement;
    expect(trust).toEqual([{ Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 's3.amazonaws.com' } }]);
  });

  it('is stopped by a deployment only: nobody else changes the rule', () => {
    const [policy] = Object.values(production.data.Resources).filter(({ Type }) => Type === 'AWS::S3::BucketPolicy');
    const denied = policy?.Properties.PolicyDocument.Statement.find(
      ({ Sid }: Value) => Sid === 'OnlyDeploymentsChange',
    );
    expect(denied.Action).toContain('s3:PutReplicationConfiguration');
    expect(production.text).toContain('DeleteBucketReplication');
  });

  it('rings when a copy fails, and when records arrive and none is tried for three hours', () => {
    const dimensions = [
      { Name: 'DestinationBucket', Value: bucketArn.split(':::')[1] },
      { Name: 'RuleId', Value: 'audit-copy' },
      { Name: 'SourceBucket', Value: expect.anything() },
    ];
    const failed = alarm(production, 'audit-copy-failed');
    expect(failed).toMatchObject({ MetricName: 'OperationsFailedReplication', Statistic: 'Sum', Threshold: 1 });
    expect(failed.Dimensions).toEqual(dimensions);
    const stopped = alarm(production, 'audit-copy-stopped');
    expect(stopped).toMatchObject({ EvaluationPeriods: 3, DatapointsToAlarm: 3, Threshold: 1 });
    const stats: Value[] = stopped.Metrics.flatMap(({ MetricStat }: Value) => MetricStat ?? []);
    expect(stats.map(({ Metric, Stat, Period }) => `${Metric.MetricName} ${Stat} ${Period}`).toSorted()).toEqual([
      'DeliveryToS3.Records Sum 3600',
      'OperationsFailedReplication SampleCount 3600',
    ]);
    const expressions = stopped.Metrics.flatMap(({ Expression }: Value) => Expression ?? []).toSorted();
    expect(expressions).toEqual(['0 * arrived', 'IF(arrived > 0 AND copies == 0, 1, 0)', 'SUM([tried, none])']);
  });
});

describe('the policy of the other bucket, as docs/deploy.md says to set it', () => {
  const [copies, onlyCopies, onlyTls, ...more]: Value[] = policyInDocs().Statement;

  it('allows the role what it needs, on the objects alone, and nothing else', () => {
    expect(more).toEqual([]);
    expect(copies).toMatchObject({ Effect: 'Allow', Resource: objects });
    expect(copies.Action.toSorted()).toEqual(actionsOn(production, roleId, (text) => text.includes(bucketArn)));
    expect(copies.Principal).toEqual({ AWS: 'arn:aws:iam::111122223333:root' });
    // The names of the roles of a stack begin with its own name.
    const { 'aws:PrincipalArn': roles } = copies.Condition.ArnLike;
    expect(roles).toBe(`arn:aws:iam::111122223333:role/ciba-${settingsOf.production().stage}-*`);
  });

  it('denies plain writes and calls without TLS to everybody', () => {
    expect(onlyCopies).toEqual({
      Sid: 'OnlyCopies',
      Effect: 'Deny',
      Principal: { AWS: '*' },
      Action: 's3:PutObject',
      Resource: objects,
    });
    expect(onlyTls).toMatchObject({ Effect: 'Deny', Action: 's3:*', Resource: [bucketArn, objects] });
  });

  it('is for the bucket of the settings on the same page', () => {
    const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');
    const name = bucketArn.split(':::')[1] ?? 'none';
    expect(page.split(name).length - 1).toBeGreaterThan(6);
  });
});
