import { CfnResource, Duration } from 'aws-cdk-lib';
import { Match, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { KEY_DENIALS, type KeyDenial } from '../../provider/core/keys/key-denials.ts';
import type { Deployment } from '../deployment.ts';
import { acknowledge } from '../nag.ts';
import { addKeyUseAlarm } from '../observability/alarms/keys.ts';
import { addOutputs } from '../outputs.ts';
import { type KeyHolders, rolesLeftOut } from './key-policies.ts';

type KeyUseWatchProps = Pick<Deployment, 'alarms'> &
  Pick<KeyHolders, 'functions'> & {
    readonly keyArn: string;
  };

/** Calls that change who may use the key, or that end it. */
const CHANGES = ['PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion'];

/**
 * Watches in CloudTrail who uses the KMS key of the signing keys, or tries to. A call by anybody but the functions that
 * may goes into a queue and raises an alarm. Nothing arrives without a trail that records the calls of KMS.
 */
export class KeyUseWatch extends Construct {
  constructor(scope: Construct, id: string, props: KeyUseWatchProps) {
    super(scope, id);
    const queue = this.#queue();
    const rule = new Rule(this, 'Rule', {
      description: 'Uses of the KMS key of the signing keys by others than the functions that may',
      eventPattern: {
        source: ['aws.kms'],
        detailType: ['AWS API Call via CloudTrail'],
        detail: { $or: usesByOthers(props) },
      },
      targets: [new SqsQueue(queue as IQueue)],
    });
    // Decrypt counts as a read. EventBridge hands reads only to rules in this state, which CDK does not offer.
    const { defaultChild } = rule.node;
    if (!CfnResource.isCfnResource(defaultChild)) throw new Error(`${rule.node.path} has no resource`);
    defaultChild.addPropertyOverride('State', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    acknowledge(rule, { 'Serverless-EventBusDLQ': 'The target is a queue. EventBridge tries it for a day.' });
    addKeyUseAlarm(props.alarms, rule);
    addOutputs(this, { KeyUseQueue: queue.queueUrl });
  }

  /** The queue keeps each call for two weeks. CloudTrail keeps it for longer, but nobody has to search there. */
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

/**
 * Returns the alternatives of the pattern. CloudTrail may leave out the key of a call that was denied, and then only the
 * message names it.
 */
function usesByOthers({ keyArn, functions }: KeyUseWatchProps): readonly object[] {
  const { opening, making, otherUse } = KEY_DENIALS.kmsKey;
  const resources = { ARN: [keyArn] };
  const byOthers = (denial: KeyDenial) =>
    [Match.anythingBut(...rolesLeftOut(denial, { functions })), Match.doesNotExist()].map((arn) => ({
      eventName: eventNamesOf(denial),
      resources,
      userIdentity: { sessionContext: { sessionIssuer: { arn } } },
    }));
  const never = [...eventNamesOf(otherUse), ...CHANGES];
  return [
    ...byOthers(opening),
    ...byOthers(making),
    { eventName: never, resources },
    {
      eventName: [opening, making, otherUse].flatMap(eventNamesOf),
      errorCode: ['AccessDenied', 'AccessDeniedException'],
      errorMessage: Match.wildcard(`*${keyArn}*`),
    },
  ];
}

/** CloudTrail names a call as the API does. IAM has two actions for ReEncrypt. */
function eventNamesOf({ actions }: KeyDenial): readonly string[] {
  const names = actions.map((action) => action.replace(/^kms:/, '').replace(/^(ReEncrypt)(From|To)$/, '$1'));
  return [...new Set(names)];
}
