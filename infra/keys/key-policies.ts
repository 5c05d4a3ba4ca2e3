import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { KEY_DENIALS } from '../../provider/core/keys/key-denials.ts';
import type { FunctionSpec } from '../../provider/core/operating/function-spec.ts';
import type { DataStack } from '../data/data-stack.ts';
import type { ProviderFunction } from '../functions/provider-function.ts';

/** The principals that the policies of the KMS key and of the table Directory leave out of their denials. */
export type KeyHolders = {
  /** The functions of the provider. Their `function.ts` says which of them sign, and which make keys. */
  readonly functions: readonly Pick<ProviderFunction, 'spec' | 'role'>[];
  /** The ARN of the role that operators assume for a restore. */
  readonly recoveryRoleArn: string;
};

type Denial = {
  readonly sid: string;
  readonly actions: readonly string[];
  /** ARNs of roles. An empty list denies the actions to everybody. */
  readonly except: readonly string[];
  readonly conditions?: Readonly<Record<string, unknown>>;
};

/** What opens a private signing key. */
const OPENING = 'kms:Decrypt';
/** What makes the key pairs. KMS never answers with the private half. */
const MAKING = 'kms:GenerateDataKeyPairWithoutPlaintext';
/** What no function does: other ways to use the key, and grants, which would go around the rest of its policy. */
const UNUSED = [
  'kms:CreateGrant',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:GenerateDataKeyPair',
  'kms:GenerateDataKeyWithoutPlaintext',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];
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
 * Denies everybody else what only the functions do with signing keys, administrators included. Whoever may change these
 * policies, the roles or the functions can still lift it; the policies must stay changeable.
 */
export function protectSigningKeys({ signingKmsKey, ownDirectory }: DataStack, holders: KeyHolders): void {
  for (const denial of kmsDenials(holders)) signingKmsKey.addToResourcePolicy(statementFor(denial));
  // A statement with the table's own ARN would make the table wait for itself.
  for (const denial of tableDenials(holders)) ownDirectory.addToResourcePolicy(statementFor(denial));
}

/** The KMS actions that the policy of the key is about. The alarm watches the same ones. */
export const keyUses = { opening: OPENING, making: MAKING, unused: UNUSED } as const;

/** Returns the ARNs of the roles of the functions that may use the KMS key for this. */
export function rolesThatMay(action: string, { functions }: Pick<KeyHolders, 'functions'>): readonly string[] {
  return rolesOf(functions, ({ kms }) => kms.some((one) => `kms:${one}` === action));
}

function kmsDenials(holders: KeyHolders): readonly Denial[] {
  return [
    { sid: KEY_DENIALS.kmsKey.opening, actions: [OPENING], except: rolesThatMay(OPENING, holders) },
    { sid: KEY_DENIALS.kmsKey.making, actions: [MAKING], except: rolesThatMay(MAKING, holders) },
    { sid: KEY_DENIALS.kmsKey.otherUse, actions: UNUSED, except: [] },
  ];
}

function tableDenials({ functions, recoveryRoleArn }: KeyHolders): readonly Denial[] {
  const on = (...prefixes: string[]) => ({
    'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': prefixes.map((prefix) => `${prefix}*`) },
  });
  return [
    {
      sid: KEY_DENIALS.directory.reading,
      actions: READING.map(onTable),
      except: [...rolesOf(functions, (spec) => mayUse(spec, 'PRIVATEKEY#', READING)), recoveryRoleArn],
      conditions: on('PRIVATEKEY#'),
    },
    {
      sid: KEY_DENIALS.directory.writing,
      actions: WRITING.map(onTable),
      except: rolesOf(functions, (spec) => mayUse(spec, 'PRIVATEKEY#', WRITING)),
      conditions: on('KEY#', 'PRIVATEKEY#'),
    },
    { sid: KEY_DENIALS.directory.takingAll, actions: WHOLESALE.map(onTable), except: [recoveryRoleArn] },
  ];
}

const onTable = (action: string) => `dynamodb:${action}`;

function mayUse({ tables }: FunctionSpec, prefix: string, actions: readonly string[]): boolean {
  return tables.some(
    (grant) =>
      'prefixes' in grant &&
      grant.prefixes.includes(prefix) &&
      grant.actions.some((action) => actions.includes(action)),
  );
}

function rolesOf(functions: KeyHolders['functions'], may: (spec: FunctionSpec) => boolean): readonly string[] {
  return functions.filter(({ spec }) => may(spec)).map(({ role }) => role.roleArn);
}

/**
 * For a function, `aws:PrincipalArn` is the ARN of its role, not of the session. A principal without this key, as an
 * AWS service, is denied too.
 */
function statementFor({ sid, actions, except, conditions = {} }: Denial): PolicyStatement {
  return new PolicyStatement({
    sid,
    effect: Effect.DENY,
    principals: [new AnyPrincipal()],
    actions: [...actions],
    resources: ['*'],
    conditions: {
      ...conditions,
      ...(except.length > 0 && { ArnNotEquals: { 'aws:PrincipalArn': except } }),
    },
  });
}
