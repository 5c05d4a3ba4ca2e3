import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DeployedStack } from '../../../cli/deployment/deployed-stack.ts';
import type { Finding } from '../../../cli/doctor/check.ts';
import { keyPolicies } from '../../../cli/doctor/key-policies.ts';
import { FakeAws } from '../support/aws-account.ts';
import { policyOf, policyStatements, ROLES, type Statement } from './deployed-policies.ts';
import { DIRECTORY, goodAccount, KMS_KEY, STACK } from './doctor-deployment.ts';

const aws = new FakeAws(goodAccount());
const region = 'eu-central-1';
const { outputs } = goodAccount().stack;
beforeAll(async () => vi.stubEnv('AWS_ENDPOINT_URL', await aws.listen()));
beforeEach(() => {
  aws.account = goodAccount();
});
afterAll(() => {
  aws.close();
  vi.unstubAllEnvs();
});

const check = async (more: Partial<DeployedStack> = {}): Promise<Finding> => {
  if (keyPolicies.of !== 'stack') throw new Error('not a check of a stack');
  return keyPolicies.run({
    name: STACK,
    deploymentName: STACK,
    has: () => true,
    region,
    status: 'UPDATE_COMPLETE',
    statusReason: undefined,
    createdAt: new Date(),
    changedAt: new Date(),
    outputs,
    aws: {
      region,
      credentials: async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' }),
      maxAttempts: 1,
      requestHandler: { connectionTimeout: 1000, requestTimeout: 1000, throwOnRequestTimeout: true },
    },
    ...more,
  });
};
/** What doctor says after somebody changed a statement of the policy of the key, or of the table. */
async function afterChange(of: 'key' | 'table', sid: string, change: (statement: Statement) => void): Promise<Finding> {
  const statements = policyStatements()[of];
  const statement = statements.find(({ Sid }) => Sid === sid);
  if (!statement) throw new Error(`no statement ${sid}`);
  change(statement);
  aws.account.policies[of === 'key' ? KMS_KEY : DIRECTORY] = policyOf(statements);
  return check();
}
const OPENING = 'OnlySigningFunctionsOpenKeys';
const READING = 'OnlySigningFunctionsReadPrivateKeys';
const WRITING = 'OnlyTheRotationWritesKeys';
const STRANGER = 'arn:aws:iam::111122223333:role/stranger';

describe('doctor compares the policies that close the signing keys with those that the stack deploys', () => {
  it('says that both are complete, however AWS writes lists, and whatever they allow besides', async () => {
    expect(await check()).toEqual({
      state: 'good',
      says: 'Complete on the KMS key. Complete on the table Directory.',
    });
  });

  it.each<[string, 'key' | 'table', string, (statement: Statement) => void, string]>([
    [
      'denies fewer actions',
      'table',
      WRITING,
      (one) => {
        one.Action = ['dynamodb:DeleteItem', 'dynamodb:UpdateItem'];
      },
      'OnlyTheRotationWritesKeys does not deny dynamodb:BatchWriteItem, dynamodb:PutItem',
    ],
    [
      'leaves out one more role',
      'key',
      OPENING,
      (one) => {
        one.Condition = { ArnNotEquals: { 'aws:PrincipalArn': [ROLES.token, STRANGER] } };
      },
      `${OPENING} leaves out ${STRANGER}`,
    ],
    [
      'leaves out a role where it should leave out none',
      'key',
      'NoOtherUse',
      (one) => {
        one.Condition = { ArnNotEquals: { 'aws:PrincipalArn': STRANGER } };
      },
      `NoOtherUse leaves out ${STRANGER}`,
    ],
    [
      'names another role than that of token, which could not sign',
      'key',
      OPENING,
      (one) => {
        one.Condition = { ArnNotEquals: { 'aws:PrincipalArn': STRANGER } };
      },
      `${OPENING} leaves out ${STRANGER}; ${OPENING} does not leave out ${ROLES.token}`,
    ],
    [
      'holds under one more condition',
      'key',
      OPENING,
      (one) => {
        one.Condition = { ...one.Condition, Bool: { 'aws:ViaAWSService': 'true' } };
      },
      `${OPENING} has the condition Bool aws:ViaAWSService true`,
    ],
    [
      'holds under a condition that nothing meets',
      'key',
      OPENING,
      (one) => {
        one.Condition = { ...one.Condition, StringEquals: { 'aws:userid': [] } };
      },
      `${OPENING} has the condition StringEquals aws:userid nothing`,
    ],
    [
      'is about fewer items',
      'table',
      WRITING,
      (one) => {
        one.Condition = {
          ...one.Condition,
          'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': ['PRIVATEKEY#*'] },
        };
      },
      'OnlyTheRotationWritesKeys has no condition ForAnyValue:StringLike dynamodb:LeadingKeys KEY#*',
    ],
    [
      'holds only if every item of a batch is a key',
      'table',
      READING,
      (one) => {
        const { 'ForAnyValue:StringLike': items = {}, ...others } = one.Condition ?? {};
        one.Condition = { ...others, 'ForAllValues:StringLike': items };
      },
      `${READING} has the condition ForAllValues:StringLike dynamodb:LeadingKeys PRIVATEKEY#*`,
    ],
    [
      'is about one principal',
      'key',
      OPENING,
      (one) => {
        one.Principal = { AWS: STRANGER };
      },
      `${OPENING} does not name everybody`,
    ],
    [
      'is about another resource',
      'table',
      READING,
      (one) => {
        one.Resource = [`${DIRECTORY}/index/*`];
      },
      `${READING} does not name every resource`,
    ],
    [
      'allows instead',
      'key',
      OPENING,
      (one) => {
        one.Effect = 'Allow';
      },
      `${OPENING} is missing`,
    ],
  ])('a denial that %s is broken', async (_, of, sid, change, says) => {
    const finding = await afterChange(of, sid, change);
    expect(finding.state).toBe('broken');
    expect(finding.says).toContain(`That of the ${of === 'key' ? 'KMS key' : 'table Directory'} was changed (${says}`);
  });

  it('cannot compare a stack of an earlier version, whose outputs do not name the roles', async () => {
    const { RoleToken: _, ...before } = outputs;
    await expect(check({ outputs: before })).rejects.toThrow('no output RoleToken; deploy this version');
  });
});
