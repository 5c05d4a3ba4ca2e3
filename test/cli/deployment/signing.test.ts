import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { ciba, jsonOf } from '../support/ciba-process.ts';
import { type SignedDeployment, startSignedDeployment } from '../support/signed-deployment.ts';

const key = { id: 'AKIDEXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY', sessionToken: 'session+token/=' };
const API_URL = 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
const OWN_URL = 'https://login.example.com';

let runtime: Runtime;
let api: SignedDeployment;
let own: SignedDeployment;
let folder: string;
beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  api = await startSignedDeployment(runtime, { url: API_URL, key, region: 'eu-central-1' });
  own = await startSignedDeployment(runtime, { url: OWN_URL, key, region: 'us-west-2' });
  folder = await mkdtemp(join(tmpdir(), 'ciba-aws-'));
});
afterAll(async () => {
  api.close();
  own.close();
  await runtime.close();
  await rm(folder, { recursive: true });
});

it('every kind of call is signed over what is sent: body, query, encoded path, session token', async () => {
  const { env } = api;
  const words = ['--sub', 'crm|47:11@x+y', '--email', "o'neil+(a)*!@example.com", '--json'];
  const user = jsonOf<{ sub: string }>(await ciba(['user', 'create', ...words], { env }));
  expect(user.sub).toBe('crm|47:11@x+y');
  expect(jsonOf(await ciba(['user', 'show', "o'neil+(a)*!@example.com", '--json'], { env }))).toEqual(user);
  expect(jsonOf(await ciba(['user', 'show', user.sub, '--by', 'sub', '--json'], { env }))).toEqual(user);
  expect((await ciba(['user', 'update', user.sub, '--name', 'Zoë  Ünïcode'], { env })).code).toBe(0);
  expect((await ciba(['ticket', 'create', user.sub], { env })).code).toBe(0);
  expect((await ciba(['user', 'delete', user.sub, '--yes'], { env })).code).toBe(0);
  expect(api.verdicts.length).toBeGreaterThan(8);
  expect(api.verdicts.filter((wrong) => wrong !== undefined)).toEqual([]);
});

it('the region in the host name of API Gateway wins over the environment, and --region over all', async () => {
  const env = { ...api.env, AWS_REGION: 'us-east-1' };
  expect((await ciba(['client', 'list'], { env })).code).toBe(0);
  const { code, stderr } = await ciba(['client', 'list', '--region', 'us-east-1'], { env });
  expect(code).toBe(1);
  expect(api.verdicts.at(-1)).toBe('credential of AKIDEXAMPLE in us-east-1');
  expect(stderr).toContain('answered 403 (Forbidden): your AWS identity may not call the admin API');
});

it('for another host the region is that of --region, AWS_REGION or the profile; without any it exits 2', async () => {
  const config = join(folder, 'config');
  await writeFile(config, '[default]\nregion = us-west-2\n');
  const run = (more: Record<string, string>, ...args: string[]) =>
    ciba(['client', 'list', ...args], { env: { ...own.env, ...more } });
  expect((await run({}, '--region', 'us-west-2')).code).toBe(0);
  expect((await run({ AWS_REGION: 'us-west-2' })).code).toBe(0);
  expect((await run({ AWS_CONFIG_FILE: config })).code).toBe(0);
  const { code, stderr } = await run({});
  expect(code).toBe(2);
  expect(stderr).toContain('The AWS region is not known: give --region, or set AWS_REGION');
});

it('--profile takes credentials and region from the shared files, and wins over keys in the environment', async () => {
  const config = join(folder, 'config-2');
  const credentials = join(folder, 'credentials');
  await writeFile(config, '[profile login]\nregion = us-west-2\n');
  const lines = [`aws_access_key_id=${key.id}`, `aws_secret_access_key=${key.secret}`];
  await writeFile(credentials, ['[login]', ...lines, `aws_session_token=${key.sessionToken}`, ''].join('\n'));
  const env = {
    ...own.env,
    AWS_ACCESS_KEY_ID: 'OTHER',
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
  };
  expect(await ciba(['client', 'list', '--profile', 'login'], { env })).toMatchObject({ code: 0 });
});

it('a wrong secret key is refused: exit 1, and the key is not told', async () => {
  const { code, stdout, stderr } = await ciba(['client', 'list'], {
    env: { ...api.env, AWS_SECRET_ACCESS_KEY: 'wrong-key' },
  });
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
  expect(api.verdicts.at(-1)).toContain('signature over');
  expect(stderr).not.toContain('wrong-key');
});

it('without credentials it says how to sign in: exit 1', async () => {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, AWS_SESSION_TOKEN: _token, ...env } = api.env;
  const { code, stderr } = await ciba(['client', 'list'], { env });
  expect(code).toBe(1);
  expect(stderr).toMatch(
    /^ciba: No AWS credentials to sign with: none were found\. Sign in \(aws sso login\), or give --profile\.\n$/,
  );
});

it('a profile that is not set up is named, without the words of the SDK', async () => {
  const { AWS_ACCESS_KEY_ID: _id, AWS_SECRET_ACCESS_KEY: _secret, AWS_SESSION_TOKEN: _token, ...env } = api.env;
  const { stderr } = await ciba(['client', 'list', '--profile', 'nope'], { env });
  expect(stderr).toMatch(/^ciba: No AWS credentials to sign with for the profile "nope": .+ (here|found)\. Sign in/);
});

it('nothing is signed for the local runtime, even with credentials at hand', async () => {
  const env = { AWS_ACCESS_KEY_ID: key.id, AWS_SECRET_ACCESS_KEY: key.secret, CIBA_URL: runtime.url };
  expect((await ciba(['client', 'list'], { env })).code).toBe(0);
});
