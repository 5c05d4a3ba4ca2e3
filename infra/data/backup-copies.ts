import { ArnFormat, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { BackupPlan, BackupPlanRule, BackupResource, BackupVault, type IBackupVault } from 'aws-cdk-lib/aws-backup';
import { Schedule } from 'aws-cdk-lib/aws-events';
import { AnyPrincipal, Effect, PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { acknowledgeWildcards } from '../nag.ts';
import { BackupWatch } from '../observability/backup-watch.ts';
import type { BackupSettings } from '../settings/provider-settings.ts';

type BackupCopiesProps = Pick<Deployment, 'alarms'> & {
  /** The ARN of the table Directory in use. */
  readonly directoryArn: string;
  readonly backups: BackupSettings;
};

/** Days for which copies are kept, unless the settings say otherwise. Point-in-time recovery reaches as far back. */
const COPY_RETENTION_DAYS = 35;
/** Days for which this account keeps what it copies, so that a copy that failed can be made again by hand. */
const LOCAL_DAYS = 7;

/**
 * A backup of the table Directory each day, and a copy of it in a vault outside the account or the region, whose policy
 * and lock are up to its owner. A copy survives what ends the account: point-in-time recovery ends with it.
 */
export class BackupCopies extends Construct {
  constructor(scope: Construct, id: string, { alarms, directoryArn, backups }: BackupCopiesProps) {
    super(scope, id);
    const vault = this.#vault();
    const outside = BackupVault.fromBackupVaultArn(this, 'Outside', backups.vaultArn);
    this.#plan({ vault, outside, days: backups.retentionDays ?? COPY_RETENTION_DAYS }).addSelection('Directory', {
      resources: [BackupResource.fromArn(directoryArn)],
      role: this.#role({ directoryArn, vault, outside }),
      disableDefaultBackupPolicy: true,
    });
    new BackupWatch(this, 'Watch', { alarms, directoryArn, vaultArn: backups.vaultArn });
  }

  /**
   * The vault of this account, from which copies are made. Nobody deletes from it early. Nobody restores from it either:
   * a restored table has none of the protection of Directory, and for a restore there is point-in-time recovery.
   */
  #vault(): BackupVault {
    const denied = new PolicyStatement({
      sid: 'OnlyForCopies',
      effect: Effect.DENY,
      principals: [new AnyPrincipal()],
      actions: ['backup:DeleteRecoveryPoint', 'backup:StartRestoreJob', 'backup:UpdateRecoveryPointLifecycle'],
      resources: ['*'],
    });
    return new BackupVault(this, 'Vault', {
      accessPolicy: new PolicyDocument({ statements: [denied] }),
      // A vault that holds backups can't be deleted, so the stack leaves it behind.
      removalPolicy: RemovalPolicy.RETAIN,
    });
  }

  #plan({ vault, outside, days }: { vault: IBackupVault; outside: IBackupVault; days: number }): BackupPlan {
    return new BackupPlan(this, 'Plan', {
      backupVault: vault,
      backupPlanRules: [
        new BackupPlanRule({
          ruleName: 'daily',
          scheduleExpression: Schedule.cron({ hour: '3', minute: '0' }),
          startWindow: Duration.hours(2),
          completionWindow: Duration.hours(12),
          deleteAfter: Duration.days(LOCAL_DAYS),
          copyActions: [{ destinationBackupVault: outside, deleteAfter: Duration.days(days) }],
        }),
      ],
    });
  }

  /**
   * The part of AWS's managed policy for AWS Backup that tables need, on this table and these two vaults alone. Without
   * `dynamodb:CreateBackup` a region without advanced backups of DynamoDB fails at once, instead of making backups that
   * can't be copied.
   */
  #role(of: Concerned): Role {
    const { wildcards, statements } = rightsOn(Stack.of(this), of);
    const role = new Role(this, 'Role', {
      description: 'AWS Backup: backups of the table Directory, and their copies',
      assumedBy: new ServicePrincipal('backup.amazonaws.com'),
      inlinePolicies: { Copy: new PolicyDocument({ statements: [...statements, ...wildcards] }) },
    });
    const reason = 'AWS chooses the ids of backups and of its own key. The conditions name the vault and the alias.';
    acknowledgeWildcards(role, wildcards, reason);
    return role;
  }
}

type Concerned = { readonly directoryArn: string; readonly vault: IBackupVault; readonly outside: IBackupVault };

function rightsOn(stack: Stack, { directoryArn, vault, outside }: Concerned) {
  const anyKey = stack.formatArn({ service: 'kms', resource: 'key', resourceName: '*' });
  const anyBackup = stack.formatArn({
    service: 'backup',
    resource: 'recovery-point',
    resourceName: '*',
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return {
    statements: [
      new PolicyStatement({
        actions: ['dynamodb:DescribeTable', 'dynamodb:ListTagsOfResource', 'dynamodb:StartAwsBackupJob'],
        resources: [directoryArn],
      }),
      new PolicyStatement({
        actions: ['backup:CopyIntoBackupVault', 'backup:DescribeBackupVault'],
        resources: [vault.backupVaultArn, outside.backupVaultArn],
      }),
    ],
    wildcards: [
      new PolicyStatement({
        actions: ['backup:CopyFromBackupVault'],
        resources: [anyBackup],
        conditions: { 'ForAllValues:ArnEquals': { 'backup:CopyTargets': [outside.backupVaultArn] } },
      }),
      new PolicyStatement({
        actions: ['kms:DescribeKey'],
        resources: [anyKey],
        conditions: { 'ForAnyValue:StringEquals': { 'kms:ResourceAliases': ['alias/aws/backup'] } },
      }),
    ],
  };
}
