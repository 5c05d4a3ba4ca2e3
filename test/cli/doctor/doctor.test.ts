import { existsSync, globSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ciba, type Outcome } from '../support/ciba-process.ts';
import {
  APNS,
  CERTIFICATE,
  DEAD_LETTERS,
  DoctorDeployment,
  HOST,
  inDays,
  MAPPING,
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

describe('a deployment in order', () => {
  it('is all good: a line a check, nothing to do, exit 0', async () => {
    const { code, stdout, stderr } = await doctor();
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^https://${HOST}, stack ${STACK} in eu-central-1\\n\\n`));
    expect(stdout).toMatch(/\nAll good: 1 not checked here\.\n$/);
    const lines = stdout.split('\n').slice(2, -3);
    expect(lines.filter((line) => !line.startsWith('✓ '))).toEqual([
      '– Functions         Not compared: this command runs from the sources.',
      '                    endpoint-events.',
    ]);
    expect(stdout).toContain('✓ Stack             ciba-test is UPDATE_COMPLETE.');
    expect(stdout).toContain(`✓ Discovery         Answers, and the issuer is https://${HOST}/`);
    expect(stdout).toContain('✓ Signing keys      2 RS256, 2 PS256, 2 ES256.');
    expect(stdout).toContain('APNS: enabled, credential: token. GCM: enabled, credential: token.');
    expect(stdout).toContain(
      '✓ Push rights       Proved by backchannel-authentication, device, client-notification, admin,',
    );
    expect(stdout).toContain('✓ Pings             Lambda reads them from their queue.');
    expect(stdout).toContain('✓ Key policies      Complete on the KMS key. Complete on the table Directory.');
    expect(stdout).toContain(
      '✓ CloudTrail        The trail all-regions records the calls of KMS and changes in DynamoDB.',
    );
    expect(stdout).toContain('✓ Dead letters      None.');
    expect(stdout).toContain('✓ Audit copies      All 2 log subscriptions are there.');
    expect(stdout).toContain(
      '✓ Concurrency       The account may run 1000 functions at once. The alarm goes off at 800.',
    );
    expect(stdout).toContain('✓ A login           A complete login by polling succeeded');
    expect(stdout).not.toContain('→');
  });

  it('--json tells the same to scripts', async () => {
    const { code, report, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 0, bad: [] });
    expect(report).toMatchObject({ healthy: true, url: `https://${HOST}`, stack: STACK, region: 'eu-central-1' });
    expect(report.checks).toHaveLength(28);
  });

  it('is asked once for a login and for self-checks, with nothing that could be mistaken for an order', async () => {
    deployment.aws.calls.length = 0;
    await doctor();
    const invoked = deployment.aws.calls.filter(({ action }) => action === 'Invoke');
    const [logins, others] = [true, false].map((isLogin) =>
      invoked.filter(({ input }) => (input['name'] === SYNTHETIC) === isLogin).map(({ input }) => input),
    );
    expect(logins).toEqual([{ name: SYNTHETIC, payload: {} }]);
    expect(others?.map(({ payload }) => payload)).toEqual(Array(5).fill({ self_check: 'push_rights' }));
  });

  it('goes to the provider of the stack, whatever CIBA_URL says; --url must be the same', async () => {
    const env = { ...deployment.env, CIBA_URL: 'http://localhost:9' };
    expect((await examine(env)).code).toBe(0);
    expect((await examine(deployment.env, ['--stack', STACK, '--url', `https://${HOST}`])).code).toBe(0);
  });
});

describe('a deployment that works and is not finished', () => {
  it.each([
    [10, 800, 'may run only 10 functions at once', 'Service Quotas'],
    [400, 800, 'goes off at 800, which is never reached', 'Set "alarms.concurrentExecutions" to 400'],
  ])('has a quota of %i, which the alarm at %i does not know', async (quota, threshold, says, todo) => {
    const { account } = deployment.aws;
    account.concurrency = quota;
    account.alarms[`${STACK}-concurrency`] = { actions: [TOPIC], threshold };
    const { code, found } = await examine();
    expect(code).toBe(0);
    expect(found('Concurrency')).toMatchObject({
      state: 'warning',
      says: expect.stringContaining(says),
      todo: expect.stringContaining(todo),
    });
    expect(found('Concurrency')?.says).toContain('never reached');
    account.concurrency = threshold + 1;
    expect((await examine()).found('Concurrency')?.state).toBe('good');
  });

  it('has no pushes, no recipients, no name, no synthetic login: warnings and exit 0', async () => {
    const { account } = deployment.aws;
    const { SyntheticLoginFunction: _function, ...outputs } = account.stack.outputs;
    account.stack.outputs = { ...outputs, PushApplications: 'none', Certificates: 'none' };
    for (const name of Object.keys(account.alarms)) account.alarms[name] = {};
    for (const name of Object.keys(account.functions))
      account.functions[name] = async () => ({ platforms: [], rights: [] });
    const { code, stdout } = await doctor();
    expect(code).toBe(0);
    expect(stdout).toContain('– Push rights       No push platform is configured.');
    expect(stdout).toContain('! Push platforms    None is configured: phones get no pushes.');
    expect(stdout).toContain('See docs/deploy.md#3-pushes.');
    expect(stdout).toContain('! Alarm recipients  No one receives alarms yet');
    expect(stdout).toContain('– ACM certificates  No domain is set');
    expect(stdout).toContain('– A login           Not tried: the synthetic login of this stage is off.');
    expect(stdout).toMatch(/\nAll good: 2 warnings, 4 not checked here\.\n$/);
  });

  it('has no trail that would hear of uses of the KMS key: a warning', async () => {
    deployment.aws.account.trails = {};
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 0, bad: ['CloudTrail'] });
    expect(found('CloudTrail')?.says).toContain('No trail records the calls of KMS');
  });

  it('rings: the alarms are listed with their runbooks', async () => {
    deployment.aws.account.alarms[`${STACK}-latency`] = {
      actions: [TOPIC],
      state: 'ALARM',
      description: 'Slow. First: look. Runbook: docs/operations.md#alarm-latency',
    };
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 0, bad: ['Alarms now'] });
    expect(found('Alarms now')).toMatchObject({
      state: 'warning',
      says: `In ALARM: ${STACK}-latency (docs/operations.md#alarm-latency).`,
    });
    const runbook = 'https://wiki.example.com/ciba/operations#alarm-logins-fail';
    deployment.aws.account.alarms = {
      ...deployment.aws.account.alarms,
      [`${STACK}-latency`]: { actions: [TOPIC] },
      [`${STACK}-logins-fail`]: {
        actions: [TOPIC],
        composite: true,
        state: 'ALARM',
        description: `Page: nobody. First: look. Runbook: ${runbook}`,
      },
    };
    expect((await examine()).found('Alarms now')?.says).toBe(`In ALARM: ${STACK}-logins-fail (${runbook}).`);
  });

  it.each([
    ['UPDATE_ROLLBACK_COMPLETE', 'warning'],
    ['UPDATE_IN_PROGRESS', 'warning'],
    ['UPDATE_ROLLBACK_FAILED', 'broken'],
    ['ROLLBACK_COMPLETE', 'broken'],
    ['DELETE_FAILED', 'broken'],
  ])('its stack is %s: %s', async (status, state) => {
    deployment.aws.account.stack.status = status;
    const { code, found } = await examine();
    expect(found('Stack')).toMatchObject({ state, says: expect.stringContaining(status) });
    expect(code).toBe(state === 'broken' ? 1 : 0);
  });

  it.each(['Enabling', 'Updating'])('what takes pings from their queue is %s: a warning', async (state) => {
    deployment.aws.account.mappings[MAPPING] = state;
    const { code, found } = await examine();
    expect(found('Pings')).toMatchObject({ state: 'warning', says: expect.stringContaining(state) });
    expect(code).toBe(0);
  });

  it('tells other systems of what happened, as its three triggers say', async () => {
    const { account } = deployment.aws;
    Object.assign(account.stack.outputs, { EventBus: 'arn', DirectoryMapping: 'd', TransactionsMapping: 't' });
    Object.assign(account.stack.outputs, { ExpiryMapping: 'e' });
    Object.assign(account.mappings, { d: 'Enabled', t: 'Enabled', e: 'Enabled' });
    expect((await examine()).found('Events')).toEqual({
      name: 'Events',
      state: 'good',
      says: 'Lambda reads both streams and the queue of reminders.',
    });
    account.mappings['e'] = 'Enabling';
    expect((await examine()).found('Events')).toMatchObject({
      state: 'warning',
      says: 'Other systems are not told: the trigger for the queue of reminders is Enabling.',
    });
    account.mappings['d'] = 'Disabled';
    delete account.mappings['t'];
    const { code, bad, found } = await examine();
    expect({ code, bad }).toEqual({ code: 1, bad: ['Events'] });
    expect(found('Events')).toMatchObject({
      state: 'broken',
      says: expect.stringContaining(
        'the trigger for the stream of Directory is Disabled, the trigger for the stream of Transactions was deleted',
      ),
      todo: expect.stringContaining('--revert-drift'),
      see: 'docs/operations.md#alarm-events-delayed',
    });
  });

  it('tells other systems nothing, unless the settings ask for it', async () => {
    const { found } = await examine();
    expect(found('Events')).toMatchObject({ state: 'good', says: expect.stringContaining('"events" is off') });
  });

  it('has dead letters, those counted too that somebody is just reading', async () => {
    deployment.aws.account.queues[DEAD_LETTERS] = [2, 1];
    const { code, found, bad } = await examine();
    expect({ code, bad }).toEqual({ code: 0, bad: ['Dead letters'] });
    expect(found('Dead letters')).toMatchObject({
      state: 'warning',
      says: '3 events could not be handled. The queue keeps each for 14 days.',
      see: 'docs/operations.md#alarm-dead-letters',
    });
  });

  it('has a certificate of CloudFront, which is asked for in us-east-1', async () => {
    const { account } = deployment.aws;
    deployment.aws.calls.length = 0;
    const certificate = 'arn:aws:acm:us-east-1:111122223333:certificate/2';
    account.stack.outputs['Certificates'] = `${CERTIFICATE} ${certificate}`;
    const NotAfter = Math.floor(inDays(10).getTime() / 1000);
    account.certificates[certificate] = { DomainName: 'cloudfront.example.com', Status: 'ISSUED', NotAfter };
    const { found } = await examine();
    expect(found('ACM certificates')).toMatchObject({
      state: 'warning',
      says: expect.stringContaining('cloudfront.example.com: valid until'),
    });
    const regions = deployment.aws.calls
      .filter(({ action }) => action === 'DescribeCertificate')
      .map(({ region }) => region);
    expect(regions.toSorted()).toEqual(['eu-central-1', 'us-east-1']);
  });

  it('has certificates that end within a month, and a renewal that waits', async () => {
    const { account } = deployment.aws;
    const NotAfter = Math.floor(inDays(100).getTime() / 1000);
    const RenewalSummary = { RenewalStatus: 'PENDING_VALIDATION' };
    account.certificates[CERTIFICATE] = { DomainName: HOST, Status: 'ISSUED', NotAfter, RenewalSummary };
    account.applications[APNS] = { Enabled: 'true', AppleCertificateExpiryDate: inDays(20).toISOString() };
    const { code, found, bad } = await examine(await deployment.presentCertificate(inDays(12.5)));
    expect({ code, bad }).toEqual({ code: 0, bad: ['TLS certificate', 'ACM certificates', 'Push platforms'] });
    expect(found('TLS certificate')).toMatchObject({ state: 'warning', says: expect.stringContaining('in 12 days') });
    expect(found('ACM certificates')?.says).toContain('its renewal is PENDING_VALIDATION');
    expect(found('Push platforms')).toMatchObject({
      state: 'warning',
      says: expect.stringMatching(/^APNS: .* in 19 days\. GCM/),
    });
  });
});

describe('by --url alone', () => {
  it('checks what the URL tells and leaves the account out', async () => {
    const { code, report, found } = await examine(deployment.env, ['--url', `https://${HOST}`]);
    expect(code).toBe(0);
    const good = report.checks.filter(({ state }) => state === 'good').map(({ name }) => name);
    expect(good).toEqual([
      'Discovery',
      'Clock',
      'TLS certificate',
      'Signing keys',
      'WWW-Authenticate',
      'Admin API',
      'Client secrets',
    ]);
    expect(found('Alarms')).toMatchObject({ state: 'skipped', says: 'Not checked: give --stack to check this.' });
  });

  it('tells an identity that may not call the admin API', async () => {
    const env = { ...deployment.env, AWS_SECRET_ACCESS_KEY: 'wrong' };
    const { code, found } = await examine(env, ['--url', `https://${HOST}`]);
    expect(code).toBe(1);
    expect(found('Admin API')).toMatchObject({ state: 'broken', see: 'docs/admin-api.md#who-may-call' });
  });
});

describe('the documentation', () => {
  it('has every section that a finding sends to', () => {
    const root = new URL('../../../', import.meta.url).pathname;
    const text = globSync('cli/doctor/*.ts', { cwd: root })
      .map((path) => readFileSync(root + path, 'utf8'))
      .join('\n');
    const links = [
      ...new Set(
        [...text.matchAll(/'(docs\/[a-z-]+\.md)#([a-z0-9-]+)'/g)].map(([, file, anchor]) => `${file}#${anchor}`),
      ),
    ];
    expect(links.length).toBeGreaterThan(8);
    const missing = links.filter((link) => {
      const [file = '', anchor] = link.split('#');
      if (!existsSync(root + file)) return true;
      const headings = readFileSync(root + file, 'utf8').match(/^#+ .+$/gm) ?? [];
      const slug = (heading: string) =>
        heading
          .replace(/^#+ /, '')
          .toLowerCase()
          .replaceAll(/[^\w -]/g, '')
          .replaceAll(' ', '-');
      return !headings.some((heading) => slug(heading) === anchor);
    });
    expect(missing).toEqual([]);
  });
});
