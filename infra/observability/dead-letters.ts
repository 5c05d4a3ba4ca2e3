import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';
import type { AlarmSet } from './alarms/alarm-set.ts';
import { addDeadLetterAlarm } from './alarms/dead-letters.ts';

/**
 * The deployment's only dead-letter queue. It keeps events that no function could handle for two weeks; an alarm
 * watches it.
 */
export class DeadLetters extends Queue {
  constructor(scope: Construct, id: string, alarms: AlarmSet) {
    super(scope, id, {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    addDeadLetterAlarm(alarms, this);
    addOutputs(this, { DeadLetterQueue: this.queueUrl });
    const reason = 'This is the dead-letter queue.';
    acknowledge(this, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  }
}
