import { CfnResource } from 'aws-cdk-lib';
import { type EventPattern, Match } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import { KEY_DENIALS, type KeyDenial } from '../../provider/core/keys/key-denials.ts';
import type { Deployment } from '../deployment.ts';
import { addKeyUseAlarm } from '../observability/alarms/keys.ts';
import { OperatorsQueue } from '../observability/operators-queue.ts';
import { type KeyHolders, rolesLeftOut } from './key-policies.ts';

type KeyUseWatchProps = Pick<Deployment, 'alarms'> &
  Pick<KeyHolders, 'functions'> & {
    readonly keyArn: string;
    /** The ARN of the table Directory of the stack, and of a restored one that is used instead of it. */
    readonly directoryArns: readonly string[];
  };

/** Calls that change who may use the key, or that end it. */
const KEY_CHANGES = ['PutKeyPolicy', 'DisableKey', 'ScheduleKeyDeletion'];
/** Calls that change who may read and write the signing keys in the table. */
const TABLE_CHANGES = ['PutResourcePolicy', 'DeleteResourcePolicy'];
/** How CloudTrail marks a call that was denied. */
const DENIED = ['AccessDenied', 'AccessDeniedException'];

/**
 * Watches in CloudTrail who uses the KMS key of the signing keys, and who changes its policy or that of the table
 * Directory, or tries to. A use by anybody but the functions that may, and every change, goes into a queue and raises an
 * alarm, also a change by CloudFormation: whoever may deploy can lift a denial too. Nothing arrives without a trail that
 * records these calls.
 */
export class KeyUseWatch extends Construct {
  constructor(scope: Construct, id: string, props: KeyUseWatchProps) {
    super(scope, id);
    const queue = new OperatorsQueue(this, 'KeyUseQueue');
    const uses = queue.watch('Rule', {
      description: 'Uses of the KMS key of the signing keys by others than the functions that may',
      eventPattern: callsThat('aws.kms', usesByOthers(props)),
    });
    // Decrypt counts as a read. EventBridge hands reads only to rules in this state, which CDK does not offer.
    const { defaultChild } = uses.node;
    if (!CfnResource.isCfnResource(defaultChild)) throw new Error(`${uses.node.path} has no resource`);
    defaultChild.addPropertyOverride('State', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
    // Both in one pattern would be longer than the 2048 characters that EventBridge takes.
    const changes = queue.watch('TableRule', {
      description: 'Changes of the policy of the table Directory, which closes the signing keys in it',
      eventPattern: callsThat('aws.dynamodb', tableChanges(props)),
    });
    addKeyUseAlarm(props.alarms, { uses, changes });
  }
}

function callsThat(source: string, alternatives: readonly object[]): EventPattern {
  return { source: [source], detailType: ['AWS API Call via CloudTrail'], detail: { $or: alternatives } };
}

/**
 * Returns the alternatives of the pattern on the key. CloudTrail may leave out the key of a call that was denied, and
 * then only the message names it.
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
  const byAnybody = [...eventNamesOf(otherUse), ...KEY_CHANGES];
  return [
    ...byOthers(opening),
    ...byOthers(making),
    { eventName: byAnybody, resources },
    {
      eventName: [...eventNamesOf(opening), ...eventNamesOf(making), ...byAnybody],
      errorCode: DENIED,
      errorMessage: Match.wildcard(`*${keyArn}*`),
    },
  ];
}

/** Returns the alternatives of the pattern on the tables. A call that was denied may be recorded without its parameters. */
function tableChanges({ directoryArns }: KeyUseWatchProps): readonly object[] {
  return [
    { eventName: TABLE_CHANGES, requestParameters: { resourceArn: directoryArns } },
    {
      eventName: TABLE_CHANGES,
      errorCode: DENIED,
      errorMessage: directoryArns.flatMap((arn) => Match.wildcard(`*${arn}*`)),
    },
  ];
}

/** CloudTrail names a call as the API does. IAM has two actions for ReEncrypt. */
function eventNamesOf({ actions }: KeyDenial): readonly string[] {
  const names = actions.map((action) => action.replace(/^kms:/, '').replace(/^(ReEncrypt)(From|To)$/, '$1'));
  return [...new Set(names)];
}
