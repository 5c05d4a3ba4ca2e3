import { describe, expect, it } from 'vitest';
import { denialFaults } from '../../../cli/doctor/denial-faults.ts';
import { functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import { KEY_DENIALS, type KeyDenial } from '../../../provider/core/keys/key-denials.ts';
import type { RecordedCall } from '../support/recorded-calls.ts';
import { others, ResourcePolicies } from '../support/resource-policies.ts';
import { synthesized, type Value } from '../support/synthesized.ts';

// What the policies of the KMS key and of the table Directory deny, evaluated as AWS evaluates a denial: it wins over
// whatever an identity is allowed. What the roles of the functions are allowed is in least-privilege.test.ts.

const minimal = synthesized('minimal');
const policies = new ResourcePolicies(minimal);
const MAKE = 'GenerateDataKeyPairWithoutPlaintext';
const strangers = Object.entries(others);

const kms = (action: string, purpose = 'ciba-signing-key'): RecordedCall => ({
  caller: '',
  action: `kms:${action}`,
  resource: 'arn:aws:kms:eu-central-1:000000000000:key/local',
  context: { 'kms:EncryptionContext:purpose': [purpose] },
});
const onTable = (action: string, ...keys: string[]): RecordedCall => ({
  caller: '',
  action: `dynamodb:${action}`,
  resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory',
  context: keys.length > 0 ? { 'dynamodb:LeadingKeys': keys } : {},
});
/**
 * The actions that DynamoDB takes in the resource-based policy of a table: those with "Yes" in
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-iam-actions.html, by their names in IAM. The
 * page has operations: those of PartiQL are four actions in IAM, and a transaction needs the actions of its parts, one
 * of them ConditionCheckItem, which CDK writes into such policies (RESOURCE_READ_DATA_ACTIONS of aws-dynamodb).
 */
const ACCEPTED = new Set(
  [
    ...['DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan', 'UpdateItem', 'BatchGetItem', 'BatchWriteItem'],
    'ConditionCheckItem',
    ...['PartiQLDelete', 'PartiQLInsert', 'PartiQLSelect', 'PartiQLUpdate'],
    ...['DeleteTable', 'DescribeTable', 'UpdateTable'],
    ...['DescribeTableReplicaAutoScaling', 'UpdateTableReplicaAutoScaling'],
    ...['ListTagsOfResource', 'TagResource', 'UntagResource'],
    'CreateBackup',
    ...['DescribeContinuousBackups', 'RestoreTableToPointInTime', 'UpdateContinuousBackups'],
    ...['DescribeContributorInsights', 'UpdateContributorInsights'],
    'ExportTableToPointInTime',
    ...['DescribeKinesisStreamingDestination', 'DisableKinesisStreamingDestination'],
    ...['EnableKinesisStreamingDestination', 'UpdateKinesisStreamingDestination'],
    ...['GetResourcePolicy', 'PutResourcePolicy', 'DeleteResourcePolicy'],
    ...['DescribeTimeToLive', 'UpdateTimeToLive'],
  ].map((action) => `dynamodb:${action}`),
);
const deniedOf = (call: RecordedCall) => functionNames.filter((name) => policies.isDenied(call, policies.roleOf(name)));
const allBut = (...names: string[]) => functionNames.filter((one) => !names.includes(one));
/** The functions that sign. */
const SIGNING = ['token', 'client-notification'];

describe('the policy of the KMS key', () => {
  it('lets the functions that sign decrypt, and no other function', () => {
    expect(deniedOf(kms('Decrypt'))).toEqual(allBut(...SIGNING));
  });

  it('lets client-notification alone open the keys that seal tokens: token too is denied', () => {
    expect(deniedOf(kms('Decrypt', 'ciba-delivery-key'))).toEqual(allBut('client-notification'));
  });

  it('lets signing-keys make keys, and no other function', () => {
    expect(deniedOf(kms(MAKE))).toEqual(allBut('signing-keys'));
    expect(deniedOf(kms('GenerateDataKeyWithoutPlaintext', 'ciba-delivery-key'))).toEqual(allBut('signing-keys'));
  });

  it.each(strangers)('denies %s to decrypt and to make keys, whatever IAM allows', (_, principal) => {
    expect(policies.isDenied(kms('Decrypt'), principal)).toBe(true);
    expect(policies.isDenied(kms(MAKE), principal)).toBe(true);
  });

  it('denies both to a principal without an ARN, such as an AWS service', () => {
    expect(policies.isDenied(kms('Decrypt'), undefined)).toBe(true);
    expect(policies.isDenied(kms(MAKE), undefined)).toBe(true);
  });

  it('denies both to the role that restores: a copy of the table opens no key', () => {
    expect(policies.isDenied(kms('Decrypt'), policies.recoveryRole)).toBe(true);
    expect(policies.isDenied(kms(MAKE), policies.recoveryRole)).toBe(true);
  });

  it.each(['CreateGrant', 'Encrypt', 'GenerateDataKey', 'GenerateDataKeyPair', 'ReEncryptFrom', 'ReEncryptTo'])(
    'denies %s to everybody: nobody needs it',
    (action) => {
      const everybody = [...functionNames.map((name) => policies.roleOf(name)), ...Object.values(others)];
      expect(everybody.filter((principal) => !policies.isDenied(kms(action), principal))).toEqual([]);
    },
  );

  it('leaves the administration of the key to the account, its policy included, or nobody could change it again', () => {
    const administration = [
      ...['PutKeyPolicy', 'GetKeyPolicy', 'DescribeKey', 'EnableKeyRotation', 'EnableKey', 'DisableKey'],
      ...['ScheduleKeyDeletion', 'CancelKeyDeletion', 'TagResource', 'UpdateKeyDescription', 'RevokeGrant'],
    ];
    const { administrator } = others;
    expect(administration.filter((action) => policies.isDenied(kms(action), administrator))).toEqual([]);
    const [first] = policies.key;
    expect([first.Effect, first.Action, JSON.stringify(first.Principal)]).toEqual([
      'Allow',
      'kms:*',
      expect.stringContaining(':root'),
    ]);
  });

  it('denies nothing that a function is granted', () => {
    for (const name of functionNames)
      for (const action of functions[name].kms)
        expect(policies.isDenied(kms(action), policies.roleOf(name)), `${name} ${action}`).toBe(false);
  });
});

describe('the policy of the table Directory', () => {
  const READS = ['GetItem', 'BatchGetItem', 'Query', 'ConditionCheckItem'];
  const WHOLESALE = [
    ...['Scan', 'PartiQLSelect', 'PartiQLUpdate', 'PartiQLDelete', 'PartiQLInsert'],
    ...['ExportTableToPointInTime', 'RestoreTableToPointInTime', 'EnableKinesisStreamingDestination'],
  ];
  const WRITES = ['PutItem', 'UpdateItem', 'DeleteItem', 'BatchWriteItem'];

  it.each(strangers)('denies %s to read a private key', (_, principal) => {
    const open = READS.filter((action) => !policies.isDenied(onTable(action, 'PRIVATEKEY#RS256'), principal));
    expect(open).toEqual([]);
  });

  it('denies a batch in which one of many keys is a private key', () => {
    const batch = onTable('BatchGetItem', 'CLIENT#shop', 'PRIVATEKEY#RS256');
    expect(policies.isDenied(batch, others.administrator)).toBe(true);
  });

  it.each(strangers)(
    'denies %s what takes items without naming their keys: scan, PartiQL, export, restore',
    (_, principal) => {
      expect(WHOLESALE.filter((action) => !policies.isDenied(onTable(action), principal))).toEqual([]);
      // PartiQL may name its key.
      expect(policies.isDenied(onTable('PartiQLSelect', 'PRIVATEKEY#RS256'), principal)).toBe(true);
    },
  );

  it.each(strangers)(
    'denies %s to write a key: a public half of their own would verify, and a write can answer with the old item',
    (_, principal) => {
      for (const key of ['KEY#RS256', 'PRIVATEKEY#RS256'])
        expect(WRITES.filter((action) => !policies.isDenied(onTable(action, key), principal))).toEqual([]);
    },
  );

  it('lets the functions that sign read private keys, and no other function', () => {
    for (const action of READS) expect(deniedOf(onTable(action, 'PRIVATEKEY#RS256'))).toEqual(allBut(...SIGNING));
  });

  it('lets signing-keys write keys, and no other function', () => {
    for (const key of ['KEY#RS256', 'PRIVATEKEY#RS256', 'DELIVERYKEY#A256GCM'])
      for (const action of WRITES) expect(deniedOf(onTable(action, key))).toEqual(allBut('signing-keys'));
  });

  it('lets the one named role read, export and restore, and not write', () => {
    const { recoveryRole } = policies;
    const reads = READS.map((action) => onTable(action, 'PRIVATEKEY#RS256'));
    const denied = [...reads, ...WHOLESALE.map((action) => onTable(action))].filter((call) =>
      policies.isDenied(call, recoveryRole),
    );
    expect(denied).toEqual([]);
    expect(policies.isDenied(onTable('PutItem', 'KEY#RS256'), recoveryRole)).toBe(true);
  });

  it('leaves other items, public halves and the administration of the table to IAM', () => {
    const { administrator } = others;
    const items = [...READS, ...WRITES].map((action) => onTable(action, 'USER#ana'));
    const publicHalves = READS.map((action) => onTable(action, 'KEY#RS256'));
    const administration = [
      ...['DescribeTable', 'UpdateTable', 'DeleteTable', 'UpdateContinuousBackups', 'DescribeContinuousBackups'],
      ...['PutResourcePolicy', 'GetResourcePolicy', 'DeleteResourcePolicy', 'TagResource', 'UpdateTimeToLive'],
    ].map((action) => onTable(action));
    const denied = [...items, ...publicHalves, ...administration].filter((call) =>
      policies.isDenied(call, administrator),
    );
    expect(denied).toEqual([]);
  });

  it('has only actions that DynamoDB takes in the policy of a table: one other would refuse the whole table', () => {
    const actions = policies.table.flatMap(({ Action }) => [Action].flat());
    expect(actions.length).toBeGreaterThan(10);
    expect(actions.filter((action) => !ACCEPTED.has(action))).toEqual([]);
    // It acts on the backup, and AWS refused a table for it.
    expect(ACCEPTED.has('dynamodb:RestoreTableFromBackup')).toBe(false);
  });

  it('is far below the 20 KB that DynamoDB takes', () => {
    // A parameter stands for the ARN of a role: at most 64 characters of a name.
    expect(JSON.stringify(policies.table).length).toBeLessThan(10_000);
  });
});

describe('the role that restores', () => {
  const [role] = Object.entries(minimal.main.Resources).filter(([id]) => /RecoveryRole[0-9A-F]{8}$/.test(id));
  const statements: Value[] = minimal
    .all('AWS::IAM::Policy')
    .filter(({ Properties }) => Properties.Roles.some(({ Ref }: Value) => Ref === role?.[0]))
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  it('restores Directory into tables whose names begin with that of the stack, and reads no item of Directory', () => {
    const [source, target, ...more] = statements;
    expect(more).toEqual([]);
    expect(JSON.stringify(source.Resource)).toContain('DirectoryTable');
    expect(source.Action).toContain('dynamodb:RestoreTableToPointInTime');
    expect(source.Action.filter((action: string) => /Item|Query|Scan|PartiQL|Export|Put|Delete/.test(action))).toEqual(
      [],
    );
    expect(JSON.stringify(target.Resource)).toMatch(/:table\/ciba-main-restored\*"/);
  });

  it('is assumed by whom IAM lets, in this account alone', () => {
    const [trust, ...more] = role?.[1].Properties.AssumeRolePolicyDocument.Statement ?? [];
    expect(more).toEqual([]);
    expect([trust.Action, JSON.stringify(trust.Principal)]).toEqual([
      'sts:AssumeRole',
      expect.stringContaining(':root'),
    ]);
  });
});

describe('ciba doctor', () => {
  const outputs = minimal.main.Outputs ?? {};
  const wanted = (denials: Readonly<Record<string, KeyDenial>>) =>
    Object.values(denials).map((denial) => ({
      denial,
      roles: [
        ...functionNames.filter((name) => denial.leavesOut(functions[name])).map((name) => policies.roleOf(name)),
        ...(denial.leavesOutRecovery ? [policies.recoveryRole] : []),
      ],
    }));

  it('finds nothing to say about the policies as the stack deploys them', () => {
    const deployed = (statements: Value[]) => JSON.stringify({ Statement: policies.resolved(statements) });
    expect(denialFaults(deployed(policies.key), wanted(KEY_DENIALS.kmsKey))).toEqual([]);
    expect(denialFaults(deployed(policies.table), wanted(KEY_DENIALS.directory))).toEqual([]);
    expect(denialFaults(deployed(policies.table), wanted(KEY_DENIALS.kmsKey))).toHaveLength(4);
  });

  it('takes the roles that the policies leave out from outputs', () => {
    const left = Object.keys(outputs).filter((name) => name.startsWith('Role'));
    expect(left.toSorted()).toEqual(['RoleClientNotification', 'RoleSigningKeys', 'RoleToken']);
    expect(outputs['RoleToken']?.Value).toEqual(minimal.function('token').Properties.Role);
    expect(outputs['RoleSigningKeys']?.Value).toEqual(minimal.function('signing-keys').Properties.Role);
  });
});

it('a policy names roles that exist before the data stack, so nothing waits for itself', () => {
  const [nested] = minimal.all('AWS::CloudFormation::Stack');
  const named = Object.values<Value>(nested?.Properties.Parameters).map((value) => value['Fn::GetAtt'][0]);
  expect(named.length).toBe(4);
  for (const id of named) {
    const { Type, Properties, DependsOn } = minimal.main.Resources[id] ?? {};
    expect(Type).toBe('AWS::IAM::Role');
    expect(DependsOn).toBeUndefined();
    expect(JSON.stringify(Properties)).not.toContain('NestedStack');
  }
});

it('the roles that the policies name keep their logical ids: a replaced role would be denied while both versions run', () => {
  expect(policies.roleOf('token')).toMatch(/role\/ProvidertokenRole408AE73E$/);
  expect(policies.roleOf('signing-keys')).toMatch(/role\/ProvidersigningkeysRoleCC2CC35A$/);
});
