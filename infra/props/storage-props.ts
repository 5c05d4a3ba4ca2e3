import type { Duration } from 'aws-cdk-lib';
import type { IBackupVault } from 'aws-cdk-lib/aws-backup';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { IBucket } from 'aws-cdk-lib/aws-s3';

/** Copies of the audit trail in another account. */
export interface AuditCopyProps {
  /** The bucket that receives a copy of each object. */
  readonly bucket: Pick<IBucket, 'bucketArn'>;
  /** The twelve digits of the account that owns the bucket, and then the copies. */
  readonly account: string;
}

/** Copies of backups of the table Directory outside the account or the region. */
export interface BackupProps {
  /** The vault that receives a copy each day. It is in another account of the organisation, another region, or both. */
  readonly vault: Pick<IBackupVault, 'backupVaultArn'>;
  /** How long that vault keeps a copy, in whole days. Default: 35 days. */
  readonly retention?: Duration | undefined;
}

/** Events for other systems (docs/events.md). */
export interface EventsProps {
  /** An event bus in the region of the deployment. Default: a bus that the deployment makes. */
  readonly bus?: Pick<IEventBus, 'eventBusArn'> | undefined;
}

/** Tables to use instead of those of the stack (docs/operations.md, Restore). The stack keeps its own. */
export interface RestoredProps {
  /** Instead of the table Directory. Default: that of the stack. */
  readonly directoryTable?: RestoredTable | undefined;
  /** Instead of the table Transactions. Default: that of the stack. */
  readonly transactionsTable?: RestoredTable | undefined;
}

/** A table of DynamoDB. Every `ITable` and `ITableV2` is one. */
export interface RestoredTable {
  /** The name of the table. */
  readonly tableName: string;
  /** The ARN of its stream. Needed with `events`. Default: none. */
  readonly tableStreamArn?: string | undefined;
}
