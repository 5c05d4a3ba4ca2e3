import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ciba, type Outcome } from '../support/ciba-process.ts';
import { policyOf, policyStatements } from './deployed-policies.ts';
import {
  APNS,
  CERTIFICATE,
  DEVICE,
  DIRECTORY,
  DoctorDeployment,
  GCM,
  goodAccount,
  HOST,
  inDays,
  KMS_KEY,
  MAPPING,
  rightsReport,
  STACK,
  SYNTHETIC,
  TOPIC,
} from './doctor-deployment.ts';

let deployment: DoctorDeployment;
beforeAll(async () => {
  deployment = await DoctorDeployment.start();
});
beforeEach(() => deployment.reset());
afterAll(() => deployment[Symbol.asyncDispose]());

const doctor = (...args: string[]): Promise<Outcome> =>
  ciba(['doctor', '--stack', STACK, ...args], { env: deployment.env });

const examine = (env?: Record<string, string>, args?: readonly string[]) => deployment.examine(env, args);

describe('a broken deployment exits 1 and says what to do', () => {
  it('has a certificate that is over, or that nobody trusts', async () => {
    const over = await examine(await deployment.presentCertificate(inDays(-2)));
    expect(over.found('TLS certificate')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('CERT_HAS_EXPIRED'),
    });
    await deployment.presentCertificate(inDays(200));
    const { code, found } = await examine();
    expect(code).toBe(1);
    expect(found('TLS certificate')?.says).toContain('is not trusted');
  });

  it('has platform applications that are gone, switched off, or on a dead kind of credential', async () => {
    const { account } = deployment.aws;
    account.applications = { [APNS]: { Enabled: 'false' } };
    const gone = await examine();
    expect(gone.code).toBe(1);
    expect(gone.found('Push platforms')?.says).toMatch(/APNS: SNS disabled it.*GCM: there is no application/);
    account.applications = {
      [APNS]: { Enabled: 'true', AppleCertificateExpirationDate: '2020-01-01T00:00:00Z' },
      [GCM]: { Enabled: 'true', AuthenticationMethod: 'Key' },
    };
    const { found } = await examine();
    expect(found('Push platforms')).toMatchObject({
      state: 'broken',
      says: expect.stringMatching(/expires on 2020.*legacy server key/),
    });
  });

  it('has alarms that were deleted, and a topic that nobody confirmed', async () => {
    const { account } = deployment.aws;
    delete account.alarms[`${STACK}-faults`];
    account.topics[TOPIC] = ['PendingConfirmation'];
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 1, bad: ['Alarms', 'Alarm recipients'] });
    expect(found('Alarms')).toMatchObject({ state: 'broken', says: expect.stringContaining(`${STACK}-faults`) });
    expect(found('Alarm recipients')?.says).toContain('no one receives alarms: 0 confirmed, 1 not confirmed yet');
    account.topics = {};
    expect((await examine()).found('Alarm recipients')?.says).toContain('does not exist');
    account.alarms = {
      [`${STACK}-faults`]: { enabled: false },
      [`${STACK}-latency`]: {},
      [`${STACK}-concurrency`]: {},
      [`${STACK}-rotation-missed`]: {},
      [`${STACK}-logins-fail`]: { composite: true },
    };
    expect((await examine()).found('Alarms')).toMatchObject({
      state: 'warning',
      says: `Someone disabled the actions of these alarms: ${STACK}-faults.`,
    });
  });

  it('has no alarm any more that pages when users cannot log in', async () => {
    const { account } = deployment.aws;
    delete account.alarms[`${STACK}-logins-fail`];
    expect((await examine()).found('Alarms')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining(`these alarms: ${STACK}-logins-fail.`),
    });
  });

  it('copies the audit events of some functions no more: a subscription or a whole log group was deleted', async () => {
    const { account } = deployment.aws;
    account.subscriptions = { ...account.subscriptions, 'token-logs': ['other'] };
    const one = await examine();
    expect([one.code, one.found('Audit copies')]).toMatchObject([
      1,
      {
        state: 'broken',
        says: expect.stringContaining('1 of 2 log subscriptions'),
        todo: expect.stringContaining('--revert-drift'),
      },
    ]);
    account.subscriptions = { 'access-log': [] };
    expect((await examine()).found('Audit copies')?.says).toContain('0 of 2 log subscriptions');
    const { AuditBucket: _, ...outputs } = account.stack.outputs;
    account.stack.outputs = outputs;
    expect((await examine()).found('Audit copies')?.state).toBe('skipped');
  });

  it('does not look after its keys: no schedule, no run, a run that failed', async () => {
    const { account } = deployment.aws;
    const [run] = account.runs;
    account.runs = [{ at: run?.at ?? 0, failed: true }];
    expect((await examine()).found('Key rotation')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('failed'),
    });
    account.runs = [];
    expect((await examine()).found('Key rotation')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining('not run'),
    });
    account.stack.createdAt = new Date();
    expect((await examine()).found('Key rotation')?.state).toBe('warning');
    account.resources = account.resources.filter(([name]) => !name.includes('Rotation'));
    expect((await examine()).found('Key rotation')?.says).toContain('no schedule');
  });

  it('has a certificate that was never validated, and a login that does not go through', async () => {
    const { account } = deployment.aws;
    account.certificates[CERTIFICATE] = { DomainName: HOST, Status: 'PENDING_VALIDATION' };
    account.functions[SYNTHETIC] = async () => {
      throw new Error('token request answers 500 server_error');
    };
    const { code, stdout } = await doctor();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /✗ ACM certificates {2}login\.example\.com: PENDING_VALIDATION.*\n +→ Add its validation record to DNS\./,
    );
    expect(stdout).toContain('✗ A login           The login failed: token request answers 500 server_error.');
    expect(stdout).toMatch(/\n2 broken, 1 not checked here\.\n$/);
  });

  it.each([
    ['is switched off', 'Disabled', 'is Disabled: clients in ping mode get no pings'],
    ['is being switched off', 'Disabling', 'is Disabling: clients in ping mode get no pings'],
    ['was deleted', undefined, 'The trigger that reads the queue was deleted'],
  ])('what takes pings from their queue %s', async (_, state, says) => {
    deployment.aws.account.mappings = state === undefined ? {} : { [MAPPING]: state };
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 1, bad: ['Pings'] });
    expect(found('Pings')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining(says),
      todo: expect.stringContaining('--revert-drift'),
      see: 'docs/operations.md#alarm-pings-delayed',
    });
  });

  it('has a restored table without the policy of the first, and a KMS key whose policy somebody opened', async () => {
    const { account } = deployment.aws;
    delete account.policies[DIRECTORY];
    const restored = await examine();
    expect({ code: restored.code, bad: restored.bad }).toEqual({ code: 1, bad: ['Key policies'] });
    expect(restored.found('Key policies')).toMatchObject({
      state: 'broken',
      says: expect.stringMatching(/^There is none on the table Directory: others can read or replace/),
      see: 'docs/operations.md#restore',
    });
    const opening = 'OnlySigningFunctionsOpenKeys';
    const others = policyStatements().key.filter(({ Sid }) => Sid !== opening);
    account.policies = { ...goodAccount().policies, [KMS_KEY]: policyOf(others) };
    const { found } = await examine();
    expect(found('Key policies')).toMatchObject({
      state: 'broken',
      says: expect.stringMatching(
        new RegExp(`^That of the KMS key was changed \\(${opening} is missing\\): others can use the key`),
      ),
      todo: expect.stringContaining('--revert-drift'),
    });
  });

  it('has a role without its rights on push endpoints', async () => {
    const denied = { result: 'denied', error: 'AuthorizationError' };
    deployment.aws.account.functions[DEVICE] = async () => rightsReport(['Publish'], denied);
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 1, bad: ['Push rights'] });
    expect(found('Push rights')).toMatchObject({
      state: 'broken',
      says: expect.stringMatching(/^device: .* Publish on GCM \(AuthorizationError\)\./),
      todo: expect.stringContaining('--revert-drift'),
      see: 'docs/operations.md#rights-on-push-endpoints',
    });
  });

  it('has functions of an earlier version, or SNS does not answer: unknown, never good', async () => {
    const { functions } = deployment.aws.account;
    functions[DEVICE] = async () => {
      throw new Error("Cannot read properties of undefined (reading 'requestId')");
    };
    const earlier = await examine();
    expect({ code: earlier.code, bad: earlier.bad }).toEqual({ code: 1, bad: ['Push rights'] });
    expect(earlier.found('Push rights')).toMatchObject({ state: 'unknown', todo: expect.stringContaining('Deploy') });
    functions[DEVICE] = async () => rightsReport(['Publish'], { result: 'unknown', error: 'TimeoutError' });
    const silent = (await examine()).found('Push rights');
    expect(silent).toMatchObject({ state: 'unknown', says: expect.stringContaining('Publish on GCM (TimeoutError)') });
    functions[DEVICE] = async () => ({ statusCode: 500 });
    const other = (await examine()).found('Push rights');
    expect(other).toMatchObject({ state: 'unknown', says: expect.stringContaining('Another version') });
  });

  it('has no queue for dead letters', async () => {
    deployment.aws.account.queues = {};
    const { code, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 1, bad: ['Dead letters'] });
  });

  it('answers under another name than the stack says', async () => {
    deployment.aws.account.stack.outputs['Issuer'] = 'https://other.example.com/';
    const { code, found } = await examine(deployment.env, ['--stack', STACK, '--url', `https://${HOST}`]);
    expect(code).toBe(1);
    expect(found('Discovery')?.says).toContain(`is the provider https://other.example.com/, not https://${HOST}/`);
  });

  it('does not exist, or is another stack: the rest is not checked', async () => {
    const { code, report, found } = await examine(deployment.env, ['--stack', 'ciba-none']);
    expect(code).toBe(1);
    expect(found('Stack')).toMatchObject({ state: 'broken', says: 'There is no stack ciba-none in eu-central-1.' });
    expect(report.checks.filter(({ state }) => state === 'skipped')).toHaveLength(27);
    deployment.aws.account.stack.outputs = {};
    const other = await examine();
    expect(other.code).toBe(1);
    expect(other.found('Discovery')?.says).toContain('it is not the stack of a provider');
  });
});

describe('what could not be checked is never a crash, and never good', () => {
  it('for want of a permission: the reason is shown, exit 1', async () => {
    for (const action of [
      'DescribeAlarms',
      'GetPlatformApplicationAttributes',
      'InvokeFunction',
      'DescribeCertificate',
      'GetEventSourceMapping',
      'GetQueueAttributes',
    ])
      deployment.aws.account.denied.add(action);
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(
      /\? Push platforms {4}Could not be checked: User: arn:aws:iam::1:user\/o is not\s+authorized/,
    );
    expect(stdout).toContain('ciba doctor --help lists all');
    expect(stdout).toMatch(/\n10 could not be checked, 1 not checked here\.\n$/);
    const { stdout: help } = await ciba(['doctor', '--help']);
    for (const permission of [
      'cloudwatch:DescribeAlarms',
      'sns:GetPlatformApplicationAttributes',
      'acm:DescribeCertificate',
      'lambda:GetAccountSettings',
      'lambda:GetEventSourceMapping',
      'lambda:GetFunctionConfiguration',
      'sqs:GetQueueAttributes',
      'kms:GetKeyPolicy',
      'dynamodb:GetResourcePolicy',
      'cloudtrail:DescribeTrails',
    ])
      expect(help).toContain(permission);
  });

  it('for want of the right to read the quota of the account', async () => {
    deployment.aws.account.denied.add('GetAccountSettings');
    const { code, found } = await examine();
    expect(code).toBe(1);
    expect(found('Concurrency')).toMatchObject({ state: 'unknown', says: expect.stringContaining('not authorized') });
  });

  it('because the synthetic user was asked too often', async () => {
    deployment.aws.account.functions[SYNTHETIC] = async () => {
      throw new Error('authentication request answers 403 access_denied');
    };
    const { code, found } = await examine();
    expect(code).toBe(1);
    expect(found('A login')).toMatchObject({
      state: 'unknown',
      says: expect.stringContaining('try again in a minute'),
    });
  });

  it('for want of credentials, or of an output', async () => {
    const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, ...env } = deployment.env;
    const { code, found } = await examine(env);
    expect(code).toBe(1);
    expect(found('Stack')).toMatchObject({ state: 'unknown', says: expect.stringContaining('No AWS credentials') });
    const { PushApplications: _arns, NotificationMapping: _mapping, ...outputs } = deployment.aws.account.stack.outputs;
    const { DeadLetterQueue: _url, ...rest } = outputs;
    deployment.aws.account.stack.outputs = rest;
    const before = await examine();
    expect(before.bad).toEqual(['Push platforms', 'Pings', 'Dead letters']);
    for (const name of before.bad)
      expect(before.found(name)).toMatchObject({
        state: 'unknown',
        says: expect.stringContaining('deploy this version'),
      });
  });
});
