import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Runtime, startRuntime } from '../../../local/runtime/runtime.ts';
import { prepared } from '../../support/prepared.ts';
import { goodAccount, STACK } from '../doctor/doctor-deployment.ts';
import { FakeAws } from '../support/aws-account.ts';
import { ciba, jsonOf } from '../support/ciba-process.ts';
import { type SignedDeployment, startSignedDeployment } from '../support/signed-deployment.ts';

type KeySet = { keys: { kid: string; alg: string }[] };
const key = { id: 'AKIDEXAMPLE', secret: 'secret' };
const orders: { name: string; payload: Record<string, unknown> }[] = [];

let runtime: Runtime;
let deployment: SignedDeployment;
let env: Record<string, string>;
/** The Invoke call of AWS Lambda over the real `signing-keys`. */
const lambda = createServer(async (request, response) => {
  const body = await text(request);
  const name = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/.exec(request.url ?? '')?.[1] ?? '';
  if (name === 'missing') {
    const headers = { 'content-type': 'application/json', 'x-amzn-errortype': 'ResourceNotFoundException' };
    response.writeHead(404, headers).end('{"Message":"Function not found: missing"}');
    return;
  }
  const payload = JSON.parse(body) as Record<string, unknown>;
  orders.push({ name: decodeURIComponent(name), payload });
  await runtime.host.invoke('signing-keys', payload).then(
    (result) => response.end(JSON.stringify(result)),
    (error: Error) =>
      response
        .writeHead(200, { 'x-amz-function-error': 'Unhandled' })
        .end(JSON.stringify({ errorMessage: messageOf(error) })),
  );
});

/** Lambda tells the message alone; the local sandbox hands over the stack. */
const messageOf = ({ message }: Error) => message.split('\n', 1)[0]?.replace(/^Error: /, '');

beforeAll(async () => {
  runtime = await startRuntime({ ...prepared(), port: 0 });
  const url = 'https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';
  deployment = await startSignedDeployment(runtime, { url, key, region: 'eu-central-1' });
  await new Promise<void>((resolve) => lambda.listen(0, '127.0.0.1', resolve));
  const { port } = lambda.address() as AddressInfo;
  env = {
    ...deployment.env,
    CIBA_SIGNING_KEYS_FUNCTION: 'signing-keys',
    AWS_ENDPOINT_URL_LAMBDA: `http://127.0.0.1:${port}`,
  };
});
afterAll(async () => {
  lambda.close();
  deployment.close();
  await runtime.close();
});

const published = async () => jsonOf<KeySet>(await ciba(['keys', 'list', '--json'], { env })).keys;

it('keys list shows the published key set, local or deployed', async () => {
  const { code, stdout } = await ciba(['keys', 'list'], { env: { CIBA_URL: runtime.url } });
  expect(code).toBe(0);
  expect(stdout).toMatch(/^KID +ALGORITHM +TYPE\n/);
  for (const { kid, alg } of await published()) expect(stdout).toMatch(new RegExp(`^${kid} +${alg} `, 'm'));
});

it('keys rotate invokes signing-keys by force, says who asked, and shows the steps', async () => {
  const { code, stdout, stderr } = await ciba(['keys', 'rotate'], { env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(orders.at(-1)).toEqual({
    name: 'signing-keys',
    payload: { action: 'rotate', force: true, by: expect.stringMatching(/^.+@.+ by ciba$/) },
  });
  expect(stdout).toMatch(/^STEP +ALGORITHM +KID\n/);
  for (const algorithm of ['RS256', 'PS256', 'ES256']) {
    expect(stdout).toMatch(new RegExp(`^activate +${algorithm} `, 'm'));
  }
});

it('keys revoke deletes the key; an unknown kid is repeated in the refusal', async () => {
  const [first] = await published();
  const kid = first?.kid ?? '';
  const args = [
    'keys',
    'revoke',
    '--function',
    'arn:aws:lambda:eu-central-1:111122223333:function:keys:live',
    '--yes',
    '--',
    kid,
  ];
  expect((await ciba(args, { env })).stdout).toMatch(new RegExp(`^revoke +\\w+ +${kid}$`, 'm'));
  expect(orders.at(-1)?.name).toBe('arn:aws:lambda:eu-central-1:111122223333:function:keys:live');
  await runtime.host.cool();
  expect((await published()).map((one) => one.kid)).not.toContain(kid);
  const { code, stderr } = await ciba(args, { env });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: `ciba: There is no signing key "${kid}". ciba keys list shows all that are published.\n`,
  });
});

it('keys rotate says what AWS Lambda says when there is no such function', async () => {
  const { code, stderr } = await ciba(['keys', 'rotate', '--function', 'missing'], { env });
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: expect.stringMatching(/^ciba: AWS Lambda refused: Function not found: missing\. Check --region, .+\n$/),
  });
});

it('keys rotate has nothing to invoke on the local runtime', async () => {
  const { code, stderr } = await ciba(['keys', 'rotate'], { env: { CIBA_URL: runtime.url } });
  expect(code).toBe(1);
  expect(stderr).toContain('Give --stack, or --url of a deployment');
});

it('keys rotate wants to be told the function', async () => {
  const { CIBA_SIGNING_KEYS_FUNCTION: _name, ...others } = env;
  const { code, stderr } = await ciba(['keys', 'rotate'], { env: others });
  expect(code).toBe(2);
  expect(stderr).toContain("give --stack, or --function with the stack's output SigningKeysFunction");
});

describe('--stack', () => {
  const aws = new FakeAws(goodAccount());
  let stackEnv: Record<string, string>;
  beforeAll(async () => {
    const { CIBA_URL: _url, CIBA_SIGNING_KEYS_FUNCTION: _name, ...others } = env;
    stackEnv = { ...others, AWS_REGION: 'eu-central-1', AWS_ENDPOINT_URL_CLOUDFORMATION: await aws.listen() };
  });
  afterAll(() => aws.close());

  it('finds the function in the outputs of the stack, without a URL', async () => {
    const { code, stdout, stderr } = await ciba(['keys', 'rotate', '--stack', STACK], { env: stackEnv });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^STEP +ALGORITHM +KID\n/);
    expect(orders.at(-1)?.name).toBe(aws.account.stack.outputs['SigningKeysFunction']);
  });

  it('finds it under a name that somebody made longer', async () => {
    const { SigningKeysFunction = '', ...outputs } = aws.account.stack.outputs;
    aws.account.stack.outputs = { ...outputs, SigningKeysFunction4F2A: SigningKeysFunction };
    expect((await ciba(['keys', 'rotate', '--stack', STACK], { env: stackEnv })).code).toBe(0);
  });

  it('says when there is no such stack, or it is no provider', async () => {
    const missing = await ciba(['keys', 'rotate', '--stack', 'nope'], { env: stackEnv });
    expect(missing).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^ciba: There is no stack nope in eu-central-1\. Check its name /),
    });
    aws.account.stack.outputs = {};
    const { code, stderr } = await ciba(['keys', 'rotate', '--stack', STACK], { env: stackEnv });
    expect(code).toBe(1);
    expect(stderr).toContain('has no output SigningKeysFunction');
    aws.account.denied.add('DescribeStacks');
    const denied = await ciba(['keys', 'rotate', '--stack', STACK], { env: stackEnv });
    expect(denied).toMatchObject({ code: 1, stderr: expect.stringContaining('AWS CloudFormation refused: User:') });
  });
});
