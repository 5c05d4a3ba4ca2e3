import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { findingAbout } from '../../../cli/doctor/clock.ts';
import { DoctorDeployment, inDays } from './doctor-deployment.ts';

// What `ciba doctor` checks beside the provider itself: its version, clocks, the shield, copies and backups.

let deployment: DoctorDeployment;
beforeAll(async () => {
  deployment = await DoctorDeployment.start();
});
beforeEach(() => deployment.reset());
afterAll(() => deployment?.[Symbol.asyncDispose]());

const account = () => deployment.aws.account;
async function found(name: string) {
  const { code, found: find } = await deployment.examine();
  return { code, ...find(name) };
}
const fault = (name: string) => Object.assign(new Error(`${name}: no`), { name });

describe('the version', () => {
  it('is told by the functions: an earlier one lacks some', async () => {
    const { FunctionTokenRevocation: _gone, ...outputs } = account().stack.outputs;
    account().stack.outputs = outputs;
    const { state, says } = await found('Version');
    expect(state).toBe('warning');
    expect(says).toBe('This stack has no function TokenRevocation, so it is of an earlier version.');
  });

  it('is told by the functions: a later one has others', async () => {
    account().stack.outputs['FunctionUserinfo'] = 'userinfo-1';
    const { state, says } = await found('Version');
    expect(state).toBe('warning');
    expect(says).toMatch(/^This command \(.+\) does not know Userinfo, so the stack is of a later version\.$/);
  });
});

describe('the clock of this machine', () => {
  const at = Date.parse('2026-11-30T10:00:00Z');
  it.each([
    [0, 'good', 'have the same time'],
    [-20, 'good', 'have the same time'],
    [-45, 'warning', 'is 44 s ahead of the provider'],
    [45, 'warning', 'is 45 s behind the provider'],
    [-120, 'broken', 'assertions that a client signs here are refused'],
    [400, 'broken', 'AWS refuses calls that it signs'],
  ])('and a provider %i seconds from it: %s', (seconds, state, says) => {
    const finding = findingAbout(at + seconds * 1000, at, at + 100);
    expect(finding.state).toBe(state);
    expect(finding.says).toContain(says);
  });
});

describe('the shield', () => {
  const arn = 'arn:aws:wafv2:us-east-1:111122223333:global/webacl/ciba/1';
  const raise = () => {
    account().stack.outputs['OriginCertificate'] = 'arn:aws:acm:eu-central-1:111122223333:certificate/2';
    account().shield = { WebAcl: arn };
    account().answers['GetWebACL'] = () => ({ WebACL: { Name: 'ciba', Rules: [{}, {}, {}] } });
    deployment.headers['x-amz-cf-id'] = 'Zq0';
  };

  it('stands: calls come through CloudFront, and the web ACL has rules', async () => {
    raise();
    expect(await found('Shield')).toMatchObject({
      code: 0,
      state: 'good',
      says: 'Calls come through CloudFront, behind a web ACL with 3 rules.',
    });
    const call = deployment.aws.calls.findLast(({ action }) => action === 'GetWebACL');
    expect(call).toMatchObject({ input: { ARN: arn }, region: 'us-east-1' });
  });

  it('is passed by when the name leads elsewhere', async () => {
    raise();
    delete deployment.headers['x-amz-cf-id'];
    expect(await found('Shield')).toMatchObject({
      code: 1,
      state: 'broken',
      says: expect.stringContaining('leads past the shield'),
    });
  });

  it('is gone, or blocks nobody', async () => {
    raise();
    account().answers['GetWebACL'] = () => fault('WAFNonexistentItemException');
    expect((await found('Shield')).says).toBe('The web ACL of the shield does not exist.');
    account().answers['GetWebACL'] = () => ({ WebACL: { Name: 'ciba', Rules: [] } });
    expect((await found('Shield')).says).toBe('The web ACL of the shield has no rules: it blocks nobody.');
  });
});

describe('the copy of the audit trail', () => {
  const rule = (status: string) => ({
    xml: `<ReplicationConfiguration><Role>arn:r</Role><Rule><ID>audit-copy</ID><Priority>1</Priority><Status>${status}</Status><Destination><Bucket>arn:aws:s3:::audit-elsewhere</Bucket></Destination></Rule></ReplicationConfiguration>`,
  });
  beforeEach(() => {
    account().stack.outputs['AuditCopyRole'] = 'arn:aws:iam::111122223333:role/copy';
    account().answers['GetReplicationConfiguration'] = () => rule('Enabled');
    account().metrics = { ...account().metrics, OperationsFailedReplication: [0, 0] };
  });

  it('is made, and none failed', async () => {
    expect(await found('Audit trail copy')).toMatchObject({
      code: 0,
      state: 'good',
      says: 'S3 copies into audit-elsewhere. No copy failed in the last 24 hours.',
    });
  });

  it.each([
    ['failed', () => undefined, '3 copies into audit-elsewhere failed in the last 24 hours.'],
    [
      'is disabled',
      () => rule('Disabled'),
      'The rule that copies into audit-elsewhere is disabled: new objects are in this account alone.',
    ],
  ])('%s', async (what, answer, says) => {
    if (what === 'failed') account().metrics = { OperationsFailedReplication: [1, 2] };
    else account().answers['GetReplicationConfiguration'] = () => answer() ?? {};
    expect(await found('Audit trail copy')).toMatchObject({ code: 1, state: 'broken', says });
  });

  it('has no rule any more', async () => {
    account().answers['GetReplicationConfiguration'] = () => ({
      xml: '<ReplicationConfiguration></ReplicationConfiguration>',
    });
    expect((await found('Audit trail copy')).says).toContain('has no rule for copies any more');
  });
});

describe('backups', () => {
  it('need point-in-time recovery', async () => {
    account().answers['DescribeContinuousBackups'] = () => ({
      ContinuousBackupsDescription: { PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: 'DISABLED' } },
    });
    expect(await found('Backups')).toMatchObject({
      code: 1,
      state: 'broken',
      says: 'Point-in-time recovery of the table Directory is off: clients, users and devices cannot be restored.',
    });
  });

  it('have copies outside, if they are set: the last one is told', async () => {
    account().stack.outputs['BackupQueue'] = 'https://sqs/backups';
    const done = Math.floor(inDays(-1).getTime() / 1000);
    account().answers['ListCopyJobs'] = () => ({ CopyJobs: [{ State: 'COMPLETED', CompletionDate: done }] });
    const { code, says } = await found('Backups');
    expect(code).toBe(0);
    expect(says).toContain(
      `The last copy outside was made at ${new Date(done * 1000).toISOString().replace('.000Z', 'Z')}.`,
    );
    const input = deployment.aws.calls.findLast(({ action }) => action === 'ListCopyJobs')?.input;
    expect(input).toMatchObject({ resourceArn: 'arn:aws:dynamodb:eu-central-1:111122223333:table/ciba-directory' });
    account().answers['ListCopyJobs'] = () => ({ CopyJobs: [{ State: 'FAILED' }] });
    expect(await found('Backups')).toMatchObject({
      code: 1,
      says: expect.stringContaining('No copy was made outside in the last 48 hours; 1 failed.'),
    });
  });
});
