import { generateKeyPairSync } from 'node:crypto';
import { DescribeTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DescribeKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { CreateSecretCommand, ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { GetPlatformApplicationAttributesCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DeployedStack, EmulatedAccount, type StageSettings } from '../support/emulator/account.ts';
import { describeConcessions, OTHER_CONCESSIONS, TEMPLATE_CHANGES } from '../support/emulator/concessions.ts';
import { type Emulator, startEmulator } from '../support/emulator/emulator.ts';
import { type EmulatedPerson, EmulatedProvider } from '../support/emulator/provider.ts';
import { redirectToEmulator } from '../support/emulator/redirect.ts';
import { copyWithBrokenToken, extractSource, findPreviousCommit, thisSource } from '../support/emulator/source.ts';
import { hasEmulator } from '../support/engines.ts';

const STACK = 'ciba-emulated';
const previous = findPreviousCommit();
const [before, note] =
  previous.commit === undefined
    ? (['this commit with other settings', `the update starts from this commit: ${previous.why}`] as const)
    : ([previous.commit, `the update starts from ${previous.commit}`] as const);

// These tests run in this order, on one stack from its creation to its deletion.
describe.skipIf(!hasEmulator())('the stack in the emulator of AWS that others wrote', () => {
  let emulator: Emulator;
  let endRedirect: () => void;
  let account: EmulatedAccount;
  let settings: StageSettings;
  let changed: StageSettings;
  let provider: EmulatedProvider;
  let early: EmulatedPerson;

  beforeAll(async () => {
    emulator = await startEmulator({ tls: true });
    endRedirect = redirectToEmulator(emulator.address);
    account = new EmulatedAccount(emulator);
    settings = {
      stage: 'emulated',
      deployment: 'allAtOnce',
      // None but the smoke tests shall log in.
      syntheticLoginMinutes: 60,
      alarms: { email: 'on-call@example.com' },
      ...(await storePushCredentials(account)),
    };
    await account.bootstrap();
  });
  afterAll(async () => {
    endRedirect?.();
    account?.close();
    await emulator?.close();
    const concessions = describeConcessions([...TEMPLATE_CHANGES, ...OTHER_CONCESSIONS]);
    console.log(`How the deployment differed from one on AWS:\n${concessions}\n- ${note}`);
  });

  it('would fail to deploy with a type of resource that the emulator does not know, and name the type', async () => {
    await expect(account.createStack({ Unknown: { Type: 'AWS::SecretsManager::ResourcePolicy' } })).rejects.toThrow(
      'AWS::SecretsManager::ResourcePolicy',
    );
  });

  it(`is deployed by cdk deploy (${before}), and the smoke test logs in`, async () => {
    const source = previous.commit === undefined ? thisSource : extractSource(previous.commit, account.folder);
    await account.deploy(source, settings);
    const stack = await account.stack(STACK);
    expect(stack.status).toBe('CREATE_COMPLETE');
    expect((await account.stack(dataStackOf(stack))).status).toBe('CREATE_COMPLETE');
    expect(stack.resources.filter(({ ResourceStatus }) => ResourceStatus !== 'CREATE_COMPLETE')).toEqual([]);
    expect(resourceOf(stack, 'Custom::SmokeTest')?.PhysicalResourceId).toBe('smoke-test');
    await expect.poll(() => syntheticPolls(account, stack)).toEqual(ONE_LOGIN);
    provider = await EmulatedProvider.open({ account, emulator, stack });
  });

  it('has both platform applications, with their credentials and the topic of their events', async () => {
    const sns = new SNSClient(account.clientSettings());
    for (const [platform, credential] of [
      ['GCM', 'push@bank.example'],
      ['APNS', 'BEGIN PRIVATE KEY'],
    ] as const) {
      const PlatformApplicationArn = `arn:aws:sns:eu-central-1:000000000000:app/${platform}/${STACK}`;
      const { Attributes } = await sns.send(new GetPlatformApplicationAttributesCommand({ PlatformApplicationArn }));
      expect(Attributes?.['PlatformCredential'], platform).toContain(credential);
      expect(Attributes?.['EventDeliveryFailure']).toBe((await account.stack(STACK)).outputs['EndpointEventsTopic']);
    }
    sns.destroy();
  });

  it('answers the admin API to nobody without a signature', async () => {
    expect((await fetch(`${provider.issuer}admin/clients`)).status).toBe(403);
  });

  it('rings a phone that enrolled, and gives tokens that its key set verifies once the phone has approved', async () => {
    early = await provider.person('early@example.com', 'GCM');
    expect(await provider.logIn(early)).toMatchObject({ expiresIn: 120 });
  });

  it(`is updated from ${before}, and the smoke test logs in again`, async () => {
    changed = { ...settings, limits: { defaultExpiry: 150 }, auditRetentionDays: 500 };
    const { outputs } = await account.stack(STACK);
    expect(await account.deploy(thisSource, changed)).toEqual(TEMPLATE_CHANGES);
    const stack = await account.stack(STACK);
    expect(stack.status).toBe('UPDATE_COMPLETE');
    expect((await account.stack(dataStackOf(stack))).status).toBe('UPDATE_COMPLETE');
    for (const kept of ['Issuer', 'DirectoryTable', 'TransactionsTable', 'AuditBucket'])
      expect(stack.outputs[kept], kept).toBe(outputs[kept]);
    expect(resourceOf(stack, 'Custom::SmokeTest')?.ResourceStatus).toBe('UPDATE_COMPLETE');
    await expect.poll(() => syntheticPolls(account, stack)).toEqual([...ONE_LOGIN, ...ONE_LOGIN]);
  });

  it('logs in with the phone that enrolled before the update, and with a new one', async () => {
    expect(await provider.logIn(early)).toMatchObject({ expiresIn: 150 });
    const late = await provider.person('late@example.com', 'APNS');
    expect(await provider.logIn(late)).toMatchObject({ expiresIn: 150 });
  });

  it('is rolled back when the smoke test of an update fails, and logins go on', async () => {
    const broken = account.deploy(copyWithBrokenToken(account.folder), changed);
    await expect(broken).rejects.toThrow('the smoke test failed: the first poll answers invalid_grant');
    await expect.poll(async () => (await account.stack(STACK)).status).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await provider.logIn(early)).toMatchObject({ expiresIn: 150 });
  });

  it('is deleted once it is not protected any more; tables, key, audit bucket, logs and applications stay', async () => {
    const stack = await account.stack(STACK);
    const data = await account.stack(dataStackOf(stack));
    await expect(account.destroy()).rejects.toThrow('TerminationProtection is enabled');
    await account.unprotect(STACK);
    await account.deleteStack(dataStackOf(stack));
    await expect.poll(async () => (await account.stack(dataStackOf(stack))).status).toBe('DELETE_COMPLETE');
    await account.destroy();
    await expect.poll(async () => (await account.stack(idOf(stack))).status).toBe('DELETE_COMPLETE');
    await expectGone(account, provider);
    await expectKept({ account, emulator, stack, data, sub: early.sub });
  });
});

const ONE_LOGIN = ['400 authorization_pending', '200', '400 invalid_grant'];

/** What the token endpoint answered to the client of the synthetic login, from the log of the function. */
async function syntheticPolls(account: EmulatedAccount, { outputs }: DeployedStack): Promise<readonly string[]> {
  const lines = await account.logOf(outputs['FunctionToken'] ?? '');
  return lines
    .filter((line) => line['message'] === 'request' && line['client_id'] === 'synthetic-login')
    .map(({ status, error }) => `${status} ${error ?? ''}`.trimEnd());
}

/** Stores made-up credentials of Apple and Google as docs/deploy.md says. Returns the settings that name them. */
async function storePushCredentials(account: EmulatedAccount) {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  const secrets = new SecretsManagerClient(account.clientSettings());
  const store = async (Name: string, value: object) => {
    const { ARN } = await secrets.send(new CreateSecretCommand({ Name, SecretString: JSON.stringify(value) }));
    return { secretArn: ARN, credentialVersion: '1' };
  };
  const google = { type: 'service_account', project_id: 'p', client_email: 'push@bank.example', private_key: key };
  const apple = { teamId: 'ABCDE12345', keyId: 'FGHIJ67890', privateKey: key };
  const fcm = await store('ciba/fcm', google);
  const apns = { ...(await store('ciba/apns', apple)), bundleId: 'com.example.bank' };
  secrets.destroy();
  return { fcm, apns };
}

/** What a deletion takes with it: the functions, the API and the secret of the synthetic login. */
async function expectGone(account: EmulatedAccount, { issuer }: EmulatedProvider): Promise<void> {
  const lambda = new LambdaClient(account.clientSettings());
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([]);
  const secrets = new SecretsManagerClient(account.clientSettings());
  const { SecretList } = await secrets.send(new ListSecretsCommand({}));
  expect(SecretList?.map(({ Name }) => Name).sort()).toEqual(['ciba/apns', 'ciba/fcm']);
  expect((await fetch(`${issuer}.well-known/openid-configuration`)).status).toBe(404);
  for (const client of [lambda, secrets]) client.destroy();
}

/** What stays, as docs/deploy.md lists it. */
async function expectKept(at: {
  account: EmulatedAccount;
  emulator: Emulator;
  stack: DeployedStack;
  data: DeployedStack;
  sub: string;
}): Promise<void> {
  const { account, emulator, stack, data, sub } = at;
  const { DirectoryTable, TransactionsTable, AuditBucket, AccessLog, PushApplications = '' } = stack.outputs;
  const dynamodb = new DynamoDBClient(account.clientSettings());
  const Key = { pk: { S: `USER#${sub}` }, sk: { S: 'PROFILE' } };
  const { Item } = await dynamodb.send(new GetItemCommand({ TableName: DirectoryTable, Key }));
  expect(Item).toBeDefined();
  const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: TransactionsTable }));
  expect(Table?.TableStatus).toBe('ACTIVE');
  const kms = new KMSClient(account.clientSettings());
  const KeyId = resourceOf(data, 'AWS::KMS::Key')?.PhysicalResourceId;
  expect((await kms.send(new DescribeKeyCommand({ KeyId }))).KeyMetadata?.KeyState).toBe('Enabled');
  expect((await fetch(`${emulator.endpoint}/${AuditBucket}`, { method: 'HEAD' })).status).toBe(200);
  expect(await account.logGroups()).toContain(AccessLog);
  const sns = new SNSClient(account.clientSettings());
  for (const PlatformApplicationArn of PushApplications.split(' '))
    await sns.send(new GetPlatformApplicationAttributesCommand({ PlatformApplicationArn }));
  for (const client of [dynamodb, kms, sns]) client.destroy();
}

function resourceOf({ resources }: DeployedStack, type: string) {
  return resources.find(({ ResourceType }) => ResourceType === type);
}

function dataStackOf(stack: DeployedStack): string {
  return resourceOf(stack, 'AWS::CloudFormation::Stack')?.PhysicalResourceId ?? '';
}

function idOf({ resources }: DeployedStack): string {
  return resources[0]?.StackId ?? '';
}
