import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { spec as backchannel } from '../../../lambdas/backchannel-authentication/function.ts';
import { spec as device } from '../../../lambdas/device/function.ts';
import { type AwsAnswer, AwsServer } from '../../../local/aws/server.ts';
import { routeEvent } from '../../../local/runtime/event.ts';
import { createVersionCalls } from '../../../provider/adapters/lambda/version-call.ts';
import { isFromProvider, NO_ANSWER } from '../../../provider/core/operating/synthetic.ts';

const ISSUER = 'https://login.example/';
const FUNCTIONS = [
  { functionName: 'stack-backchannel', routes: backchannel.routes },
  { functionName: 'stack-device', routes: device.routes },
];
const SHIFT = { functionName: 'stack-device', from: 4, to: 5, isRollback: false };
const ASK = { method: 'POST', authorization: 'Basic eDp5', form: { scope: 'openid', login_hint: 'a b&c' } } as const;
const ANSWER = { method: 'POST', json: { response: 'jwt' } } as const;

const credentials = { accessKeyId: 'before-traffic', secretAccessKey: 'local' };
const answers = (value: unknown): AwsAnswer => ({ status: 200, body: JSON.stringify(value) });

let aws: AwsServer;
let calls: ReturnType<typeof createVersionCalls>;
beforeAll(async () => {
  aws = new AwsServer({});
  const secrets = new SecretsManagerClient({ region: 'eu-central-1', credentials });
  calls = createVersionCalls(secrets, { functions: FUNCTIONS, endpoint: await aws.listen(), milliseconds: 200 });
});
beforeEach(() => {
  aws.calls.length = 0;
  aws.interference = () => answers({ statusCode: 200, body: '{"a":1}' });
});
afterAll(() => aws.close());
const invoked = () => aws.calls.map(({ input }) => input['FunctionName']);
const at = (path: string) => `${ISSUER}${path}`;

/** The names of all members, those of members of objects included. */
function membersOf(value: unknown, prefix = ''): string[] {
  if (typeof value !== 'object' || value === null) return [prefix];
  return Object.entries(value).flatMap(([name, member]) => membersOf(member, `${prefix}/${name}`));
}

describe('calls of versions', () => {
  it('reach the tested function at its new version, and each other one where users reach it', async () => {
    await calls.callVersion(SHIFT)(at('bc-authorize'), ASK);
    await calls.callVersion(SHIFT)(at('device/requests/r-1/response'), ANSWER);
    expect(invoked()).toEqual(['stack-backchannel:live', 'stack-device:5']);
  });

  it('reach what users reach when no version is tested', async () => {
    await calls.callLive(at('device/requests/r-1/response'), ANSWER);
    expect(invoked()).toEqual(['stack-device:live']);
  });

  it.each([
    ['bc-authorize', ASK, 'application/x-www-form-urlencoded', new URLSearchParams(ASK.form).toString()],
    ['device/requests/r-1/response', ANSWER, 'application/json', JSON.stringify(ANSWER.json)],
  ] as const)('have the members and the body that API Gateway gives a call of %s', async (path, call, type, body) => {
    await calls.callLive(at(path), call);
    const rawHeaders = ['Host', 'login.example', 'User-Agent', 'x', 'Content-Type', type];
    if ('authorization' in call) rawHeaders.push('Authorization', call.authorization);
    const gateway = routeEvent({
      method: call.method,
      target: `/${path}`,
      rawHeaders,
      body: Buffer.from(body),
      sourceIp: '192.0.2.1',
      host: 'login.example',
      iamIdentity: undefined,
    });
    const event = aws.calls[0]?.input['Payload'];
    expect(membersOf(event).toSorted()).toEqual(membersOf(gateway?.event).toSorted());
    const { routeKey, rawPath, pathParameters = {}, isBase64Encoded, body: sent } = gateway?.event ?? {};
    expect({ pathParameters: {}, ...Object(event) }).toMatchObject({
      routeKey,
      rawPath,
      pathParameters,
      isBase64Encoded,
      body: sent,
    });
  });

  it('reach no function that no login calls', async () => {
    const call = calls.callVersion(SHIFT)(at('admin/users'), { method: 'GET' });
    await expect(call).rejects.toThrow('GET /admin/users');
    expect(invoked()).toEqual([]);
  });

  it.each<[string, AwsAnswer | 'lose-answer']>([
    ['cannot be loaded', { ...answers({ errorMessage: 'hunter2' }), headers: { 'x-amz-function-error': 'Unhandled' } }],
    ['answers no HTTP', answers('hunter2')],
    ['may not be invoked', { status: 403, body: '{"message":"hunter2"}' }],
    ['gives no answer', 'lose-answer'],
  ])('get no answer from a function that %s, and nothing of what it said', async (_, given) => {
    aws.interference = () => given;
    const answer = await calls.callLive(at('bc-authorize'), ASK);
    expect(answer).toEqual({ status: NO_ANSWER, body: { error: expect.stringContaining('the function failed (') } });
    expect(isFromProvider(answer)).toBe(false);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
    expect(invoked()).toHaveLength(1);
  });

  it('get the status and the JSON members that the function answers', async () => {
    aws.interference = () => answers({ statusCode: 400, body: '{"error":"invalid_request"}' });
    const answer = await calls.callLive(at('bc-authorize'), ASK);
    expect(answer).toEqual({ status: 400, body: { error: 'invalid_request' } });
    aws.interference = () => answers({ statusCode: 204 });
    expect(await calls.callLive(at('bc-authorize'), ASK)).toEqual({ status: 204, body: {} });
  });
});
