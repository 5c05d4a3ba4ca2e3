import { Duration } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';

type Watched = {
  readonly description: string;
  readonly eventPattern: EventPattern;
};

/**
 * A queue in which operators read what rules of EventBridge found. It keeps each event for two weeks, so nobody has to
 * search for it where it came from. Its URL is an output of the stack. Alarms count the rules, not the queue: they end by
 * themselves, and whoever reads a message does not end them.
 */
export class OperatorsQueue extends Queue {
  readonly #beside: Construct;

  /** `output` is the name under which operators look the queue up. */
  constructor(scope: Construct, output: string) {
    super(scope, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.#beside = scope;
    addOutputs(scope, { [output]: this.queueUrl });
    const reason = 'Operators read this queue; no function does.';
    acknowledge(this, { 'AwsSolutions-SQS3': reason, 'Serverless-SQSRedrivePolicy': reason });
  }

  /** Adds a rule beside the queue that puts each event it finds into the queue. */
  watch(id: string, watched: Watched): Rule {
    const rule = new Rule(this.#beside, id, { ...watched, targets: [new SqsQueue(this as IQueue)] });
    acknowledge(rule, { 'Serverless-EventBusDLQ': 'The target is a queue. EventBridge tries it for a day.' });
    return rule;
  }
}
