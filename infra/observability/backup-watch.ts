import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';
import { addBackupAlarms } from './alarms/backups.ts';

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
    const queue = this.#queue();
    const resourceArn = [directoryArn];
    const failed = this.#rule(queue, 'Failed', {
      description: 'Backups of the table Directory, and copies of them, that failed',
      eventPattern: {
        detailType: ['Backup Job State Change', 'Copy Job State Change'],
        detail: { state: UNSUCCESSFUL, resourceArn },
      },
    });
    const copied = this.#rule(queue, 'Copied', {
      description: 'Copies of backups of the table Directory that arrived outside',
      eventPattern: {
        detailType: ['Copy Job State Change'],
        detail: { state: ['COMPLETED'], resourceArn, destinationBackupVaultArn: [vaultArn] },
      },
    });
    addBackupAlarms(alarms, { failed, copied });
    addOutputs(this, { BackupQueue: queue.queueUrl });
  }

  #rule(queue: Queue, id: string, props: { description: string; eventPattern: EventPattern }): Rule {
    const eventPattern = { source: ['aws.backup'], ...props.eventPattern };
    const rule = new Rule(this, id, { ...props, eventPattern, targets: [new SqsQueue(queue as IQueue)] });
    acknowledge(rule, { 'Serverless-EventBusDLQ': 'The target is a queue. EventBridge tries it for a day.' });
    return rule;
  }

  #queue(): Queue {
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    const reason = 'Operators read this queue; no function does.';
    acknowledge(queue, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
    return queue;
  }
}
