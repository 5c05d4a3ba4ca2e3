import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseRefreshOrder } from '../../../provider/edge/orders/refresh-order.ts';
import {
  type PlatformApplication,
  type PlatformApplicationPorts,
  refreshPlatformApplications,
} from '../../../provider/flows/device/apply-platform-application.ts';
import { APNS, GCM, goodAccount, STACK } from '../doctor/doctor-deployment.ts';
import { FakeAws } from '../support/aws-account.ts';
import { ciba, jsonOf } from '../support/ciba-process.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:111122223333:function:platform-application';
const PEM = '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n';
const SECRETS: Record<string, string> = {
  apple: JSON.stringify({ teamId: 'ABCDE12345', keyId: 'KLMNO67890', privateKey: PEM }),
  google: JSON.stringify({ type: 'service_account', project_id: 'p', client_email: 'a@b.example', private_key: PEM }),
};
const application = (platform: 'APNS' | 'GCM', arn: string, secretArn: string): PlatformApplication => ({
  platform,
  name: STACK,
  arn,
  secretArn,
  bundleId: 'com.example',
  eventsTopicArn: 'topic',
});
const refused = new Set<string>();
const applied: string[] = [];
/** The flow of the function, with secrets and SNS of the test. */
const ports: PlatformApplicationPorts = {
  applications: [application('APNS', APNS, 'apple'), application('GCM', GCM, 'google')],
  secrets: { read: async (arn) => SECRETS[arn] },
  platforms: {
    apply: async ({ platform }) => {
      applied.push(platform);
      return refused.has(platform) ? 'refused' : 'applied';
    },
    remove: async () => undefined,
  },
};

const aws = new FakeAws(goodAccount());
let env: Record<string, string>;
beforeAll(async () => {
  const endpoint = await aws.listen();
  env = { AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: 'A', AWS_SECRET_ACCESS_KEY: 's' };
});
afterAll(() => aws.close());
beforeEach(() => {
  aws.account = goodAccount();
  aws.account.stack.outputs['PlatformApplicationFunction'] = FUNCTION;
  aws.account.functions[FUNCTION] = async (event) => refreshPlatformApplications(ports, parseRefreshOrder(event));
  refused.clear();
  applied.length = 0;
});

const refresh = (...args: string[]) => ciba(['push-credentials', 'refresh', '--stack', STACK, ...args], { env });

it('applies every credential again and says so for each platform', async () => {
  const { code, stdout, stderr } = await refresh();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(applied).toEqual(['APNS', 'GCM']);
  expect(stdout).toBe(
    ['PLATFORM  CREDENTIAL  APPLICATION', `APNS      applied     ${APNS}`, `GCM       applied     ${GCM}`, ''].join(
      '\n',
    ),
  );
});

it('--platform applies only these; a platform that is not made here is told', async () => {
  expect((await refresh('--platform', 'gcm')).code).toBe(0);
  expect(applied).toEqual(['GCM']);
  const { code, stdout } = await refresh('--platform', 'APNS_SANDBOX', '--platform', 'APNS');
  expect(code).toBe(1);
  expect(applied).toEqual(['GCM', 'APNS']);
  expect(stdout).toContain('no platform application APNS_SANDBOX is configured');
});

it('exits 1 when SNS refuses one, and the others are applied', async () => {
  refused.add('APNS');
  const { code, stdout, stderr } = await refresh();
  expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
  expect(stdout).toMatch(
    /^APNS +not applied +SNS refused the credential in apple for APNS: is it revoked, or another app's\?$/m,
  );
  expect(stdout).toMatch(/^GCM +applied +/m);
});

it('--json prints what the function answered', async () => {
  expect(jsonOf(await refresh('--json'))).toEqual({ APNS: { ok: true, arn: APNS }, GCM: { ok: true, arn: GCM } });
});

it('--function names it without a stack; the environment as well', async () => {
  const words = ['push-credentials', 'refresh'];
  expect((await ciba([...words, '--function', FUNCTION], { env })).code).toBe(0);
  const named = { ...env, CIBA_URL: 'https://login.example.com', CIBA_PLATFORM_APPLICATION_FUNCTION: FUNCTION };
  expect((await ciba(words, { env: named })).code).toBe(0);
});

it('says what stands in the way: no such function, no permission, an older function, the local runtime', async () => {
  const { PlatformApplicationFunction: _function, ...outputs } = aws.account.stack.outputs;
  aws.account.functions[FUNCTION] = async () => {
    throw new Error('Invalid key: Expected never but received "platforms"');
  };
  const older = await refresh('--platform', 'GCM');
  expect(older).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('platform-application failed: Invalid key'),
  });
  aws.account.denied.add('InvokeFunction');
  expect((await refresh()).stderr).toContain('AWS Lambda refused: User: arn:aws:iam::1:user/o is not authorized');
  aws.account.stack.outputs = outputs;
  expect((await refresh()).stderr).toContain(
    'has no output PlatformApplicationFunction, so it has no function platform-application.',
  );
  const local = await ciba(['push-credentials', 'refresh'], { env });
  expect(local).toMatchObject({ code: 1, stderr: expect.stringContaining('has no push credentials. Give --stack') });
});
