import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { FunctionName } from '../../../infra/functions/deployed-functions.ts';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import type { AwsAnswer, AwsCall } from '../../../local/aws/server.ts';
import { FunctionHost } from '../../../local/runtime/function-host.ts';
import { BundleHost } from '../../support/bundle-host.ts';
import { World } from '../../support/world.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';
import { allows, recordedCalls } from '../support/recorded-calls.ts';
import { synthesized, type Value } from '../support/synthesized.ts';

// The hook of a canary, as its bundle. Lambda is played by the functions that the world runs, and by a second host whose
// functions are broken: its version is the one that CodeDeploy is about to deploy, and no call of the world reaches it.

const SECRET = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:synthetic';
const OF_A_LOGIN = ['backchannel-authentication', 'token', 'device', 'provider-metadata'] as const;
const BEFORE = 6;
const NEW = 7;

let world: World;
let host: BundleHost;
let broken: FunctionHost;
let variables: Record<string, string>;
/** What CodeDeploy is about to do. */
let shift: { name: string; from: number; to: number; creator: string };
/** Whether the new version is broken. */
let isBroken: boolean;
/** Whether the version that users reach is broken too. */
let isDown: boolean;
let invoked: string[];
let reported: unknown[];

beforeAll(async () => {
  const folder = deployedBundles();
  world = await World.start({
    clock: 'running',
    createHost: (options) => {
      host = new BundleHost(folder, options);
      broken = new FunctionHost({
        ...options,
        values: { ...options.values, ISSUER: 'https://other.example/' },
      });
      return host;
    },
  });
  const called = OF_A_LOGIN.map((name) => ({ functionName: `stack-${name}`, routes: functions[name].routes }));
  variables = { ISSUER: world.issuer, SYNTHETIC_SECRET: SECRET, LOGIN_FUNCTIONS: JSON.stringify(called) };
  const setUp = {
    RequestType: 'Create',
    ResponseURL: 'https://cloudformation.example/answer',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'SetUp',
    ResourceProperties: {},
  };
  await host.invokeDuty('synthetic-setup', setUp, { DIRECTORY_TABLE: 'Directory', SYNTHETIC_SECRET: SECRET });
  world.runtime.aws.interference = answer;
}, 120_000);
beforeEach(() => {
  shift = { name: 'stack-token', from: BEFORE, to: NEW, creator: 'CloudFormation' };
  isBroken = false;
  isDown = false;
  invoked = [];
  reported = [];
});
afterAll(async () => {
  await broken?.cool();
  await world?.close();
});

async function answer({ service, action, input }: AwsCall): Promise<AwsAnswer | undefined> {
  if (service === 'lambda') return invoke(String(input['FunctionName']), input['Payload']);
  if (service !== 'codedeploy') return undefined;
  if (action === 'PutLifecycleEventHookExecutionStatus') reported.push(input);
  return { status: 200, body: JSON.stringify(codeDeploy(action)) };
}

function codeDeploy(action: string): object {
  const revision = { revisionType: 'String', string: { sha256: 'x' } };
  const { name: Name, from, to, creator } = shift;
  if (action === 'GetDeployment') return { deploymentInfo: { applicationName: 'app', creator, revision } };
  const Properties = { Name, Alias: 'live', CurrentVersion: String(from), TargetVersion: String(to) };
  const Resources = [{ live: { Type: 'AWS::Lambda::Function', Properties } }];
  const content = JSON.stringify({ version: '0.0', Resources, Hooks: [{ BeforeAllowTraffic: 'hook' }] });
  return action === 'GetApplicationRevision' ? { revision: { ...revision, string: { content } } } : {};
}

async function invoke(qualified: string, payload: unknown): Promise<AwsAnswer> {
  invoked.push(qualified);
  const [, name = '', qualifier] = /^stack-(.+):(\w+)$/.exec(qualified) ?? [];
  const isTested = shift.name === `stack-${name}`;
  const fails = qualifier === String(NEW) ? isBroken : isDown && isTested;
  const runs = fails ? broken : host;
  const body = await runs.invoke(name as FunctionName, payload).then(JSON.stringify, () => undefined);
  if (body === undefined) return { status: 200, headers: { 'x-amz-function-error': 'Unhandled' }, body: '{}' };
  return { status: 200, body };
}

const runHook = (event: unknown = { DeploymentId: 'd-1', LifecycleEventHookExecutionId: 'e-1' }) =>
  host.invokeDuty('before-traffic', event, variables);
const report = (status: string) => [{ deploymentId: 'd-1', lifecycleEventHookExecutionId: 'e-1', status }];

describe('the hook of a canary', () => {
  it.each(OF_A_LOGIN)('logs in with the new version of %s, and with what users reach of all others', async (name) => {
    shift = { ...shift, name: `stack-${name}` };
    await runHook();
    expect(reported).toEqual(report('Succeeded'));
    expect([...new Set(invoked)].toSorted()).toEqual(
      OF_A_LOGIN.map((one) => `stack-${one}:${one === name ? NEW : 'live'}`).toSorted(),
    );
  });

  // A version of provider-metadata with another issuer is one to wait for: its name may still lead elsewhere.
  it.each([
    ['backchannel-authentication', 'authentication request answers 400 unknown_user_id'],
    ['token', 'the ID token does not verify'],
    ['device', 'request details answers 400 invalid_request'],
  ])('refuses a new version of %s with which nobody can log in, while users still can', async (name, why) => {
    shift = { ...shift, name: `stack-${name}` };
    isBroken = true;
    await expect(runHook()).rejects.toThrow(`the new version gets no calls: ${why}`);
    expect(reported).toEqual(report('Failed'));
    shift = { ...shift, name: 'stack-admin' };
    await runHook();
    expect(reported).toEqual([...report('Failed'), ...report('Succeeded')]);
  });

  it('lets a version pass with which nobody can log in, if nobody can without it either: it may be the repair', async () => {
    shift = { ...shift, name: 'stack-token' };
    isBroken = true;
    isDown = true;
    const failure = await runHook().catch(String);
    expect(failure).toBe('Error: nobody can log in, with the version before neither: the ID token does not verify');
    expect(reported).toEqual(report('Succeeded'));
  });

  it('calls no function as an operator, and none that a login does not call', async () => {
    const start = world.runtime.aws.calls.length;
    await runHook();
    const calls = world.runtime.aws.calls.slice(start).filter(({ service }) => service === 'lambda');
    expect(calls.length).toBe(8);
    for (const { input } of calls) {
      expect(JSON.stringify(input['Payload'])).not.toContain('authorizer');
      expect(input['FunctionName']).not.toContain('admin');
    }
  });

  it('lets a version pass untested of which CodeDeploy tells nothing: it may be one that is restored', async () => {
    const silent = { status: 400, body: '{"__type":"AccessDeniedException","message":"hunter2"}' };
    world.runtime.aws.interference = async (call) => (call.action === 'GetDeployment' ? silent : answer(call));
    const failure = await runHook().catch(String);
    world.runtime.aws.interference = answer;
    expect(failure).toBe('Error: the version was not tested: CodeDeploy does not tell which it is');
    expect(reported).toEqual(report('Succeeded'));
  }, 60_000);

  it('refuses a version when the hook itself fails, and says no more than the kind of the fault', async () => {
    const read = { status: 200, body: JSON.stringify({ ARN: SECRET, SecretString: 'hunter2' }) };
    world.runtime.aws.interference = async (call) => (call.service === 'secretsmanager' ? read : answer(call));
    const failure = await runHook().catch(String);
    world.runtime.aws.interference = answer;
    expect(failure).toBe('Error: the new version gets no calls: SyntaxError');
    expect(reported).toEqual(report('Failed'));
  });

  it('lets a version pass that is older, or that CodeDeploy restores, whatever it would answer', async () => {
    isBroken = true;
    shift = { ...shift, from: NEW, to: BEFORE };
    await runHook();
    for (const creator of ['codeDeployRollback', 'CloudFormationRollback']) {
      shift = { ...shift, from: BEFORE, to: NEW, creator };
      await runHook();
    }
    expect(reported).toEqual([...report('Succeeded'), ...report('Succeeded'), ...report('Succeeded')]);
    expect(invoked).toEqual([]);
  });
});

describe('the role of before-traffic', () => {
  const template = synthesized('minimal');
  const statements = template
    .statements('before-traffic')
    .filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));
  const list = (value: Value): Value[] => (Array.isArray(value) ? value : [value]);
  const names = Object.fromEntries(
    Object.keys(functions).map((name) => [template.idOf(template.function(name)), `stack-${name}:*`]),
  );
  /** An ARN of the template as the recorded calls name it. */
  const resolve = (value: Value): string => {
    const text = JSON.stringify(value);
    const named = Object.entries(names).find(([id]) => text.includes(`"${id}"`))?.[1];
    if (named) return text.endsWith('":*"]]}') ? named : text;
    if (/:deploymentgroup:/.test(text)) return 'group';
    if (/:application:/.test(text)) return 'app';
    return /Secret/.test(text) ? SECRET : text;
  };

  it('lets through every AWS call that the bundle made, and grants nothing that it did not make', () => {
    const calls = world.runtime.aws.calls
      .filter(({ caller }) => caller === 'before-traffic')
      .flatMap((call) => recordedCalls(call));
    expect(calls.filter((call) => !statements.some((statement) => allows(statement, call, resolve)))).toEqual([]);
    const granted = statements.flatMap(({ Action }) => list(Action));
    expect([...new Set(granted)].toSorted()).toEqual([...new Set(calls.map(({ action }) => action))].toSorted());
    const invocable = statements.filter(({ Action }) => list(Action).includes('lambda:InvokeFunction'));
    expect(
      invocable
        .flatMap(({ Resource }) => list(Resource))
        .map(resolve)
        .toSorted(),
    ).toEqual(OF_A_LOGIN.map((name) => `stack-${name}:*`).toSorted());
  });

  it('names no resource but the groups, the application, the functions and the secret', () => {
    const known = [...Object.values(names), 'group', 'app', SECRET];
    const resources = statements.flatMap(({ Resource }) => list(Resource)).map(resolve);
    expect(resources.filter((resource) => !known.includes(resource))).toEqual([]);
  });
});
