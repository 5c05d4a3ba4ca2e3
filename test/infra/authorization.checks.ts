import { describe, expect, it } from 'vitest';
import {
  actionExists,
  actionsOf,
  isOnNothing,
  knowsConditionKey,
  typesNamedBy,
} from './support/authorization-table.ts';
import { onEndpointsAlone } from './support/former-statements.ts';
import { type Statement, statementsOf } from './support/policy-statements.ts';
import { Synthesized, settingsOf, synthesized, type Value } from './support/synthesized.ts';

// Every statement of every policy, held against AWS's service authorization reference.

const PROBER =
  'SNS’s refusals, word for word: https://github.com/privruler/PrivRuler-Public, SNSTest.java (an action on an endpoint is refused "on resource: arn:aws:sns:…:app/GCM/…")';
const WIRE =
  'Wire grants these actions on applications alone: https://github.com/wireapp/wire-server-deploy, terraform/modules/aws-gundeck-push-notifications/resources.iam.tf';
const UNDOCUMENTED =
  'AWS documents no resource for the action. The application is what SNS checks; the endpoints are allowed beside it.';
const BACKUPS =
  'The table leaves out the account of a recovery point. AWS’s own forms have it, and examples of policies of vaults name these actions: https://docs.aws.amazon.com/aws-backup/latest/devguide/access-control.html';
/**
 * What roles have and the table does not know, with the evidence that it works. The table knows one type of resource for
 * SNS, the topic.
 */
const UNLISTED: Readonly<Record<string, string>> = {
  'codedeploy:PutLifecycleEventHookExecutionStatus on a deployment group':
    'AWS’s own tutorial grants the action on the deployment groups of an application, and so does CDK: https://docs.aws.amazon.com/codedeploy/latest/userguide/tutorial-lambda-sam-template.html',
  'sns:CreatePlatformApplication on any application': PROBER,
  'sns:SetPlatformApplicationAttributes on an application': PROBER,
  'sns:DeletePlatformApplication on an application':
    'As the other actions on an application; no refusal of it is public.',
  'sns:CreatePlatformEndpoint on an application': `${PROBER}. ${WIRE}`,
  'sns:Publish on an application': `${WIRE}. No refusal of it is public.`,
  'sns:GetEndpointAttributes on an application': `${PROBER}. ${WIRE}`,
  'sns:SetEndpointAttributes on an application': `${PROBER}. ${WIRE}`,
  'sns:DeleteEndpoint on an application': `${PROBER}. ${WIRE}`,
  'sns:Publish on endpoints': UNDOCUMENTED,
  'sns:GetEndpointAttributes on endpoints': UNDOCUMENTED,
  'sns:SetEndpointAttributes on endpoints': UNDOCUMENTED,
  'sns:DeleteEndpoint on endpoints': UNDOCUMENTED,
  'backup:CopyFromBackupVault on backups': BACKUPS,
  'backup:DeleteRecoveryPoint on a vault': BACKUPS,
  'backup:StartRestoreJob on a vault': BACKUPS,
  'backup:UpdateRecoveryPointLifecycle on a vault': BACKUPS,
  'lambda:InvokeFunction on versions':
    'The number of a version is not known beforehand. An invocation of a version is checked against the ARN with it: https://docs.aws.amazon.com/lambda/latest/dg/lambda-api-permissions-ref.html',
  'lambda:InvokeFunction on an alias':
    'An invocation of an alias is checked against the ARN with the alias: https://docs.aws.amazon.com/lambda/latest/dg/configuration-aliases.html',
};
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^arn:aws:codedeploy:[^:]+:\d+:deploymentgroup:[^/*]+\/[^/*]+$/, 'a deployment group'],
  [/^arn:aws:sns:[^:]+:\d+:app\/\*$/, 'any application'],
  [/^arn:aws:sns:[^:]+:\d+:app\/[A-Z_]+\/[^/*]+$/, 'an application'],
  [/^arn:aws:sns:[^:]+:\d+:endpoint\/[A-Z_]+\/[^/*]+\/\*$/, 'endpoints'],
  [/^arn:aws:backup:[^:]+:\d+:recovery-point:\*$/, 'backups'],
  [/^arn:aws:backup:[^:]+:\d+:backup-vault:[A-Za-z0-9_-]+$/, 'a vault'],
  [/^arn:aws:lambda:[^:]+:\d+:function:[^:*]+:live$/, 'an alias'],
  [/^arn:aws:lambda:[^:]+:\d+:function:[^:*]+:\*$/, 'versions'],
];
const kindOf = (arn: string) => KINDS.find(([form]) => form.test(arn))?.[1] ?? arn;

const stages: Readonly<Record<string, () => Synthesized>> = {
  minimal: () => synthesized('minimal'),
  dev: () => synthesized('dev'),
  production: () => synthesized('production'),
  'production behind the shield': () => synthesized('shielded'),
  'production that removes applications': () =>
    new Synthesized({ ...settingsOf.production(), removeApplications: true }),
};

/** What the table says against a statement: actions, pairs and condition keys that it does not know. */
async function objectionsTo({ actions, resources, conditionKeys, kind }: Statement): Promise<string[]> {
  const found: string[] = [];
  for (const pattern of actions) {
    const named = await actionsOf(pattern);
    if (!(await actionExists(named[0] ?? ''))) return [`there is no ${pattern}`];
    for (const arn of resources) {
      const typesOf = await Promise.all(named.map((action) => typesNamedBy(arn, action)));
      const isAnything = kind === 'identity' && arn === '*' && (await isOnNothing(pattern));
      if (typesOf.flat().length === 0 && !isAnything) found.push(`${pattern} on ${kindOf(arn)}`);
      for (const key of conditionKeys) {
        const isKnown = await Promise.all(
          named.map((action, index) => knowsConditionKey(key, action, typesOf[index] ?? [])),
        );
        if (!isKnown.includes(true)) found.push(`${key} of ${pattern}`);
      }
    }
  }
  return found;
}

async function objectionsIn(statements: readonly Statement[]): Promise<readonly string[]> {
  const found = await Promise.all(statements.map(objectionsTo));
  return [...new Set(found.flat())].toSorted();
}

describe('every statement of every policy', () => {
  it('is known to AWS’s service authorization reference, but for a list with evidence, of which each is there', async () => {
    const statements = Object.values(stages).flatMap((stage) => statementsOf(stage()));
    for (const kind of ['identity', 'resource', 'trust'] as const)
      expect(statements.filter((one) => one.kind === kind).length).toBeGreaterThan(10);
    expect(await objectionsIn(statements)).toEqual(Object.keys(UNLISTED).toSorted());
  });

  it('allows an action on endpoints to a role only together with the same action on their application', () => {
    const pairs = statementsOf(synthesized('production')).flatMap(({ holder, actions, resources }) =>
      actions.flatMap((action) => resources.map((arn) => ({ holder, action, arn }))),
    );
    const onEndpoints = pairs.filter(({ arn }) => kindOf(arn) === 'endpoints');
    expect(onEndpoints.length).toBeGreaterThan(0);
    for (const { holder, action, arn } of onEndpoints) {
      const application = arn.replace(':endpoint/', ':app/').replace(/\/\*$/, '');
      expect(pairs).toContainEqual({ holder, action, arn: application });
    }
  });

  it('was not known as it stood before, with rights on endpoints alone: pairs of the list are missing then', async () => {
    const before = structuredClone({ main: synthesized('production').main, data: synthesized('production').data });
    for (const { Properties } of Object.values(before.main.Resources)) {
      const document: Value = Properties?.PolicyDocument;
      if (document) document.Statement = document.Statement.map(onEndpointsAlone);
    }
    const found = await objectionsIn(statementsOf(before));
    const missing = Object.keys(UNLISTED).filter((pair) => !found.includes(pair) && pair.endsWith('on an application'));
    expect(missing).toEqual([
      'sns:DeletePlatformApplication on an application',
      'sns:Publish on an application',
      'sns:GetEndpointAttributes on an application',
      'sns:SetEndpointAttributes on an application',
      'sns:DeleteEndpoint on an application',
    ]);
  });
});

describe('the table objects to', () => {
  const table = 'arn:aws:dynamodb:eu-west-1:111122223333:table/Directory';
  const topic = 'arn:aws:sns:eu-west-1:111122223333:events';
  const statement = (action: string, arn: string, ...conditionKeys: string[]): Statement => ({
    ...{ holder: 'Role', kind: 'identity', actions: [action], resources: [arn], conditionKeys },
  });

  it.each([
    ['an action that does not exist', statement('dynamodb:GetItems', table), 'there is no dynamodb:GetItems'],
    ['a service that does not exist', statement('dynamo:GetItem', table), 'there is no dynamo:GetItem'],
    ['a resource of another service', statement('dynamodb:GetItem', topic), `dynamodb:GetItem on ${topic}`],
    ['a part of a resource', statement('dynamodb:GetItem', `${table}/item/1`), `dynamodb:GetItem on ${table}/item/1`],
    ['a pattern that fits nothing', statement('sns:Publish', `${topic}/*`), `sns:Publish on ${topic}/*`],
    ['any resource, where there are some', statement('dynamodb:GetItem', '*'), 'dynamodb:GetItem on *'],
    ['a key of another action', statement('sns:Publish', topic, 'sns:Endpoint'), 'sns:Endpoint of sns:Publish'],
    [
      'a misspelt key',
      statement('dynamodb:GetItem', table, 'dynamodb:LeadingKey'),
      'dynamodb:LeadingKey of dynamodb:GetItem',
    ],
  ])('%s', async (_, one, objection) => {
    expect(await objectionsTo(one)).toEqual([objection]);
  });

  it.each([
    ['a listed type', statement('dynamodb:GetItem', table, 'dynamodb:LeadingKeys')],
    [
      'a pattern of which one ARN has a listed form',
      statement('logs:PutLogEvents', `arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/token:*`),
    ],
    [
      'a key with a name in it',
      statement('kms:Decrypt', 'arn:aws:kms:eu-west-1:111122223333:key/1', 'kms:EncryptionContext:purpose'),
    ],
    ['a global key', statement('sns:Publish', topic, 'aws:SecureTransport')],
    ['anything, where AWS asks about nothing', statement('sns:ListTopics', '*')],
  ])('and not to %s', async (_, one) => {
    expect(await objectionsTo(one)).toEqual([]);
  });
});
