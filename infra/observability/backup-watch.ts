import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { addBackupAlarms } from './alarms/backups.ts';
import { OperatorsQueue } from './operators-queue.ts';

type BackupWatchProps = Pick<Deployment, 'alarms'> & {
  /** The ARN of the table whose backups are copied. */
  readonly directoryArn: string;
  /** The ARN of the vault that receives the copies. */
  readonly vaultArn: string;
};

/** How jobs of AWS Backup end that leave no backup, or only a part of one. */
const UNSUCCESSFUL = ['FAILED', 'ABORTED', 'EXPIRED', 'PARTIAL'];

/**
 * Watches the backups of the table Directory and their copies. Each that fails, and each copy that arrives, goes into a
 * queue with the words of AWS Backup. Failures raise an alarm, and so does a copy that does not arrive.
 */
export class BackupWatch extends Construct {
  constructor(scope: Construct, id: string, { alarms, directoryArn, vaultArn }: BackupWatchProps) {
    super(scope, id);
    const queue = new OperatorsQueue(this, 'BackupQueue');
    const source = ['aws.backup'];
    const resourceArn = [directoryArn];
    const failed = queue.watch('Failed', {
      description: 'Backups of the table Directory, and copies of them, that failed',
      eventPattern: {
        source,
        detailType: ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: UNSUCCESSFUL, resourceArn },
      },
    });
    const copied = queue.watch('Copied', {
      description: 'Copies of backups of the table Directory that arrived outside',
      eventPattern: {
        source,
        detailType: ['Copy Job State Change'],
        detail: { state: ['COMPLETED'], resourceArn, destinationBackupVaultArn: [vaultArn] },
      },
    });
    addBackupAlarms(alarms, { failed, copied });
  }
}
