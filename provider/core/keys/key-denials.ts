import { DELIVERY_KEY_PURPOSE } from '../notifying/sealed-tokens.ts';
import type { FunctionSpec } from '../operating/function-spec.ts';

/** The conditions of a statement: values by condition key, by operator. */
export type StatementConditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

/**
 * A denial in the policy of the KMS key or of the table Directory. It is about every principal and the whole resource,
 * but for the roles that it leaves out.
 */
export type KeyDenial = {
  /** Its name (`Sid`) in the policy. */
  readonly sid: string;
  readonly actions: readonly string[];
  /** The conditions besides the one on roles. */
  readonly conditions: StatementConditions;
  /** Whether it leaves out the role of a function that does what its `function.ts` says. */
  leavesOut(spec: FunctionSpec): boolean;
  /** Whether it leaves out the role that operators assume for a restore. */
  readonly leavesOutRecovery: boolean;
};

const READING = ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'Query'];
/** A write can also answer with the item that was there before. */
const WRITING = ['BatchWriteItem', 'DeleteItem', 'PutItem', 'UpdateItem'];
/** What takes items out of the table without naming their partition keys, and PartiQL, which no function uses. */
const WHOLESALE = [
  'EnableKinesisStreamingDestination',
  'ExportTableToPointInTime',
  'PartiQLDelete',
  'PartiQLInsert',
  'PartiQLSelect',
  'PartiQLUpdate',
  'RestoreTableToPointInTime',
  'Scan',
];

/**
 * The denials that leave the private signing keys, and the keys that seal tokens, to the functions. The stack writes
 * them, and `ciba doctor` looks whether they are still as they were written.
 */
export const KEY_DENIALS = {
  kmsKey: {
    /** Nobody but the functions that sign may decrypt. */
    opening: onKey('OnlySigningFunctionsOpenKeys', 'Decrypt'),
    /** Nobody but the function that delivers may open the keys that seal tokens until their delivery. */
    openingDeliveries: {
      sid: 'OnlyTheDeliveryOpensDeliveryKeys',
      actions: ['kms:Decrypt'],
      conditions: { StringEquals: { 'kms:EncryptionContext:purpose': [DELIVERY_KEY_PURPOSE] } },
      leavesOut: ({ deliveryKeys = [] }) => deliveryKeys.includes('Decrypt'),
      leavesOutRecovery: false,
    },
    /** Nobody but the rotation may make keys. KMS never answers with what is secret of them. */
    making: onKey('OnlyTheRotationMakesKeys', 'GenerateDataKeyPairWithoutPlaintext', 'GenerateDataKeyWithoutPlaintext'),
    /** Nobody may use the key in another way, or grant its use, which would go around the rest of its policy. */
    otherUse: onKey(
      'NoOtherUse',
      ...['CreateGrant', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyPair', 'ReEncryptFrom', 'ReEncryptTo'],
    ),
  },
  directory: {
    /** Nobody but the functions that sign, and the role that restores, may read private halves. */
    reading: {
      sid: 'OnlySigningFunctionsReadPrivateKeys',
      actions: READING.map(onTable),
      conditions: onItems('PRIVATEKEY#'),
      leavesOut: (spec) => mayUsePrivateKeys(spec, READING),
      leavesOutRecovery: true,
    },
    /** Nobody but the rotation may write either half, or the keys that seal tokens. */
    writing: {
      sid: 'OnlyTheRotationWritesKeys',
      actions: WRITING.map(onTable),
      conditions: onItems('KEY#', 'PRIVATEKEY#', 'DELIVERYKEY#'),
      leavesOut: (spec) => mayUsePrivateKeys(spec, WRITING),
      leavesOutRecovery: false,
    },
    /** Nobody but the role that restores may take items without naming their keys. */
    takingAll: {
      sid: 'OnlyRecoveryTakesEverything',
      actions: WHOLESALE.map(onTable),
      conditions: {},
      leavesOut: () => false,
      leavesOutRecovery: true,
    },
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, KeyDenial>>>>;

/**
 * Returns all conditions of a denial that leaves out roles with these ARNs. For a function, `aws:PrincipalArn` is the
 * ARN of its role, not of the session. A principal without this key, as an AWS service, is denied too.
 */
export function conditionsOf({ conditions }: KeyDenial, roles: readonly string[]): StatementConditions {
  return { ...conditions, ...(roles.length > 0 && { ArnNotEquals: { 'aws:PrincipalArn': roles } }) };
}

/** Makes a denial on the KMS key. It leaves out the functions that may use the key for one of these actions. */
function onKey(sid: string, ...names: readonly string[]): KeyDenial {
  return {
    sid,
    actions: names.map((name) => `kms:${name}`),
    conditions: {},
    leavesOut: ({ kms }) => kms.some((name) => names.includes(name)),
    leavesOutRecovery: false,
  };
}

function onTable(action: string): string {
  return `dynamodb:${action}`;
}

/** Returns the condition that a call names an item whose partition key has one of these prefixes. */
function onItems(...prefixes: readonly string[]): StatementConditions {
  return { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) } };
}

function mayUsePrivateKeys({ tables }: FunctionSpec, actions: readonly string[]): boolean {
  return tables.some(
    (grant) =>
      'prefixes' in grant &&
      grant.prefixes.includes('PRIVATEKEY#') &&
      grant.actions.some((action) => actions.includes(action)),
  );
}
