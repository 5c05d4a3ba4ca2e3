import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEAD_LETTERS, DoctorDeployment, PINGS, STACK } from '../doctor/doctor-deployment.ts';
import { cibaInOne } from '../support/ciba-in-one.ts';
import { OperatedWorld } from '../support/operated-world.ts';

let deployment: DoctorDeployment;
beforeAll(async () => {
  deployment = await DoctorDeployment.start();
});
beforeEach(() => deployment.reset());
afterAll(() => deployment?.[Symbol.asyncDispose]());

type Report = { healthy: boolean; checks: { name: string; state: string; says: string; todo?: string }[] };
async function status(): Promise<{
  code: number | null;
  found: (name: string) => Report['checks'][number] | undefined;
}> {
  const { code, stdout } = await cibaInOne(['status', '--stack', STACK, '--json'], { env: deployment.env });
  const report = JSON.parse(stdout) as Report;
  expect(report.healthy).toBe(code === 0);
  return { code, found: (name) => report.checks.find((check) => check.name === name) };
}

describe('ciba status, of a deployment', () => {
  it('is one screen, each line good, and exits with 0; it logs in to nothing and changes nothing', async () => {
    deployment.aws.calls.length = 0;
    const { code, stdout, stderr } = await cibaInOne(['status', '--stack', STACK], { env: deployment.env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeLessThanOrEqual(24);
    expect(lines.filter((line) => line.startsWith('✓'))).toHaveLength(7);
    expect(stdout).toContain('No canary is running.');
    expect(stdout).toMatch(/✓ Alarms +None of \d+ rings\./);
    expect(stdout).toContain('RS256: signs for 40 days, the next key takes over in 49 days.');
    expect(stdout).toContain('0 pings wait. No dead letters.');
    expect(stdout).toContain('At most 40 of 1000 functions of the account ran at once in the last hour.');
    expect(stdout).toMatch(
      /✓ Logins +1 of 1 scheduled logins in 3 hours succeeded; the last, at about \d\d:\d\d, succeeded\./,
    );
    expect(deployment.aws.calls.map(({ action }) => action)).not.toContain('Invoke');
  });

  it('says which alarm rings and since when: a notice is a warning, a page is broken', async () => {
    const { alarms } = deployment.aws.account;
    const since = new Date('2026-11-30T14:02:10.000Z');
    alarms[`${STACK}-latency`] = {
      state: 'ALARM',
      since,
      description: 'Notice: slow. Runbook: https://x/#alarm-latency',
    };
    const noticed = await status();
    expect(noticed.code).toBe(0);
    expect(noticed.found('Alarms')).toMatchObject({
      state: 'warning',
      says: `In ALARM: ${STACK}-latency (since 2026-11-30T14:02:10Z, https://x/#alarm-latency).`,
    });
    alarms[`${STACK}-faults`] = { state: 'ALARM', description: 'Page: nobody can log in.' };
    const paged = await status();
    expect([paged.code, paged.found('Alarms')?.state]).toEqual([1, 'broken']);
  });

  it('says that the last scheduled login failed, and that none is tried', async () => {
    const now = Math.floor(Date.now() / 1000);
    deployment.aws.account.runs = [
      { at: now - 600, failed: true },
      { at: now - 1500, failed: false },
    ];
    expect((await status()).found('Logins')).toMatchObject({
      state: 'broken',
      says: expect.stringMatching(/^1 of 2 scheduled logins in 3 hours succeeded; the last, at about .*, failed\.$/),
    });
    deployment.aws.account.runs = [];
    expect((await status()).found('Logins')?.says).toBe('No login was tried by schedule in the last 3 hours.');
  });

  it('says how many calls a canary gives to the new version', async () => {
    deployment.aws.account.stack.status = 'UPDATE_IN_PROGRESS';
    deployment.aws.account.answers['GetAlias'] = ({ name }) =>
      name === 'token-1' ? { RoutingConfig: { AdditionalVersionWeights: { 8: 0.1 } } } : {};
    const { code, found } = await status();
    expect(code).toBe(0);
    expect(found('Deployment')?.says).toContain('Canary: 10 % of token on version 8.');
  });

  it('says that pings and dead letters wait, and for how long', async () => {
    deployment.aws.account.queues = { [PINGS]: [3, 1], [DEAD_LETTERS]: [1, 0] };
    deployment.aws.account.metrics = { ...deployment.aws.account.metrics, ApproximateAgeOfOldestMessage: [600] };
    expect((await status()).found('Queues')).toMatchObject({
      state: 'warning',
      says: '4 pings wait, the oldest for 10 min. 1 dead letter, the oldest for 10 min.',
    });
  });

  it.each([
    [{ ConcurrentExecutions: [800], Throttles: [0] }, 'warning', 0],
    [{ ConcurrentExecutions: [1000], Throttles: [4] }, 'broken', 1],
  ])('says that a limit is near or reached: %j', async (metrics, state, code) => {
    deployment.aws.account.metrics = { ...deployment.aws.account.metrics, ...metrics };
    const seen = await status();
    expect([seen.code, seen.found('Limits')?.state]).toEqual([code, state]);
  });

  it('says that a key is overdue, by the setting of the deployment, or that none signs', async () => {
    const { answers } = deployment.aws.account;
    answers['GetFunctionConfiguration'] = () => ({
      Environment: { Variables: { KEY_ROTATION: '{"rotateAfter":2592000}' } },
    });
    expect((await status()).found('Signing keys')?.says).toContain('RS256: signs for 40 days; the next key is');
    answers['Query'] = () => ({ Items: [] });
    const { code, found } = await status();
    expect([code, found('Signing keys')?.says]).toEqual([1, expect.stringContaining('RS256: no key signs')]);
  });

  it('says what it could not read, and names the permission', async () => {
    deployment.aws.account.denied.add('GetAlias');
    const { code, found } = await status();
    expect([code, found('Deployment')?.state]).toEqual([1, 'unknown']);
    expect(found('Alarms')?.state).toBe('good');
  });

  it('says that there is no such stack', async () => {
    const { code, stdout } = await cibaInOne(['status', '--stack', 'other'], { env: deployment.env });
    expect(code).toBe(1);
    expect(stdout).toContain('There is no stack other in eu-central-1.');
  });
});

describe('ciba status, of the local provider', () => {
  it('shows discovery, keys and the last calls, with the last fault, and exits with 1 when nothing answers', async () => {
    await using operated = await OperatedWorld.start();
    const { txn } = await operated.pollLogin();
    await operated.logged(new RegExp(`(?=.*${txn})(?=.*approval_seconds)`));
    const { code, stdout } = await cibaInOne(['status'], { env: operated.env });
    expect(code).toBe(0);
    expect(stdout).toMatch(/✓ Calls +Of the last \d+ calls \d+ were refused, and 0 failed\./);
    expect(stdout).not.toContain('Alarms');
    const gone = await cibaInOne(['status'], { env: { CIBA_URL: 'http://localhost:1234' } });
    expect(gone.code).toBe(1);
    expect(gone.stdout).toContain('No answer from http://localhost:1234');
    expect(gone.stdout).toContain('? Calls         Could not be checked: No answer from http://localhost:1234');
  });
});
