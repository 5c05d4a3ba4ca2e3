import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../support/event-pattern.ts';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const OUTSIDE = settingsOf.production().backups?.vaultArn ?? '';
const TABLE = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Directory';
const ofBackup = (template: Synthesized) =>
  Object.values(template.main.Resources).filter(({ Type }) => Type.startsWith('AWS::Backup::'));
const vault = production.single('AWS::Backup::BackupVault');
const selection = (template: Synthesized): Value =>
  template.single('AWS::Backup::BackupSelection').Properties.BackupSelection;
const role = production.main.Resources[selection(production).IamRoleArn['Fn::GetAtt'][0]];
const statements: Value[] = role?.Properties.Policies.flatMap(({ PolicyDocument }: Value) => PolicyDocument.Statement);
const statementOn = (action: string): Value => statements.find(({ Action }) => [Action].flat().includes(action));

describe('copies of backups outside the account or the region', () => {
  it('are off unless the settings name a vault', () => {
    expect(ofBackup(minimal)).toEqual([]);
    expect(minimal.main.Outputs?.['BackupQueue']).toBeUndefined();
    expect(minimal.text).not.toContain('aws.backup');
  });

  it('are made daily of what is kept here for a week, and kept outside for as long as the settings say', () => {
    const [rule, ...others] = production.single('AWS::Backup::BackupPlan').Properties.BackupPlan.BackupPlanRule;
    expect(others).toEqual([]);
    expect(rule).toMatchObject({
      ScheduleExpression: 'cron(0 3 * * ? *)',
      Lifecycle: { DeleteAfterDays: 7 },
      CopyActions: [{ DestinationBackupVaultArn: OUTSIDE, Lifecycle: { DeleteAfterDays: 35 } }],
    });
    const { vaultArn } = settingsOf.production().backups ?? { vaultArn: '' };
    const longer = new Synthesized({ backups: { vaultArn, retentionDays: 400 } });
    const [kept] = longer.single('AWS::Backup::BackupPlan').Properties.BackupPlan.BackupPlanRule;
    expect(kept.CopyActions[0].Lifecycle.DeleteAfterDays).toBe(400);
  });

  it('are of the table Directory in use, also when that is a restored one, and of nothing else', () => {
    const [resource, ...others] = selection(production).Resources;
    expect(others).toEqual([]);
    expect(JSON.stringify(resource)).toMatch(/DirectoryTable/);
    const backups = { vaultArn: OUTSIDE };
    const restored = new Synthesized({ backups, restored: { directoryTable: 'ciba-main-restored' } });
    expect(JSON.stringify(selection(restored).Resources)).toContain(':table/ciba-main-restored');
  });

  it('leave a vault here that nobody deletes from early or restores from, and that outlives the stack', () => {
    expect(vault.Properties.AccessPolicy.Statement).toEqual([
      {
        Sid: 'OnlyForCopies',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: ['backup:DeleteRecoveryPoint', 'backup:StartRestoreJob', 'backup:UpdateRecoveryPointLifecycle'],
        Resource: '*',
      },
    ]);
    expect([vault.DeletionPolicy, vault.UpdateReplacePolicy]).toEqual(['Retain', 'Retain']);
    // The key aws/backup: a key of one's own is no use here, because a copy is encrypted with the key of its own vault.
    expect(vault.Properties.EncryptionKeyArn).toBeUndefined();
  });

  it('are made by a role that only AWS Backup assumes, and that copies to no other vault', () => {
    expect(JSON.stringify(role?.Properties.AssumeRolePolicyDocument)).toContain('"Service":"backup.amazonaws.com"');
    expect(role?.Properties.ManagedPolicyArns).toBeUndefined();
    expect(statements.flatMap(({ Action }) => Action).toSorted()).toEqual([
      'backup:CopyFromBackupVault',
      'backup:CopyIntoBackupVault',
      'backup:DescribeBackupVault',
      'dynamodb:DescribeTable',
      'dynamodb:ListTagsOfResource',
      'dynamodb:StartAwsBackupJob',
      'kms:DescribeKey',
    ]);
    expect(statementOn('backup:CopyFromBackupVault').Condition).toEqual({
      'ForAllValues:ArnEquals': { 'backup:CopyTargets': [OUTSIDE] },
    });
    expect(JSON.stringify(statementOn('dynamodb:StartAwsBackupJob').Resource)).toContain('DirectoryTable');
    expect(statementOn('backup:CopyIntoBackupVault').Resource).toContain(OUTSIDE);
  });
});

describe('the watch on copies of backups', () => {
  const alarm = (name: string): Value =>
    production
      .all('AWS::CloudWatch::Alarm')
      .find(({ Properties }) => Properties.AlarmName === `ciba-production-${name}`)?.Properties;

  /** Whether the rule that an alarm counts takes an event. The template names the table by a reference. */
  function takes(name: string, event: object): boolean {
    const [{ Value: ruleName }] = alarm(name).Dimensions;
    const pattern: Value = production.main.Resources[ruleName.Ref]?.Properties.EventPattern;
    expect(JSON.stringify(pattern.detail.resourceArn)).toContain('DirectoryTable');
    return matchesPattern({ ...pattern, detail: { ...pattern.detail, resourceArn: [TABLE] } }, event);
  }

  const job = (kind: 'Backup' | 'Copy', detail: object) => ({
    source: 'aws.backup',
    'detail-type': `${kind} Job State Change`,
    detail: { resourceArn: TABLE, resourceType: 'DynamoDB', destinationBackupVaultArn: OUTSIDE, ...detail },
  });

  it.each(['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'])('rings when a backup or a copy ends as %s', (state) => {
    expect(takes('backup-failed', job('Backup', { state }))).toBe(true);
    expect(takes('backup-failed', job('Copy', { state }))).toBe(true);
    expect(takes('backup-missing', job('Copy', { state }))).toBe(false);
  });

  it('counts copies that arrive outside, and not backups that stay here', () => {
    expect(takes('backup-missing', job('Copy', { state: 'COMPLETED' }))).toBe(true);
    expect(takes('backup-missing', job('Backup', { state: 'COMPLETED' }))).toBe(false);
    const elsewhere = {
      state: 'COMPLETED',
      destinationBackupVaultArn: OUTSIDE.replace('backup-vault:', 'backup-vault:x'),
    };
    expect(takes('backup-missing', job('Copy', elsewhere))).toBe(false);
    expect(takes('backup-failed', job('Copy', { state: 'COMPLETED' }))).toBe(false);
  });

  it('looks at this table alone: another team’s backup of the account that fails rings nothing', () => {
    expect(takes('backup-failed', job('Backup', { state: 'FAILED', resourceArn: `${TABLE}-of-others` }))).toBe(false);
  });

  it('rings after two days without a copy, also when nothing runs at all', () => {
    expect(alarm('backup-missing')).toMatchObject({
      Period: 86_400,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      ComparisonOperator: 'LessThanThreshold',
      Threshold: 1,
      TreatMissingData: 'breaching',
    });
    expect(alarm('backup-failed')).toMatchObject({ Period: 3600, Threshold: 1, TreatMissingData: 'notBreaching' });
  });

  it('keeps what AWS Backup says in the queue of an output', () => {
    const queue = production.main.Outputs?.['BackupQueue']?.Value.Ref;
    const rules = production
      .all('AWS::Events::Rule')
      .filter(({ Properties }) => Properties.EventPattern?.source?.[0] === 'aws.backup');
    expect(rules.length).toBe(2);
    for (const { Properties } of rules)
      expect(Properties.Targets).toMatchObject([{ Arn: { 'Fn::GetAtt': [queue, 'Arn'] } }]);
  });
});
