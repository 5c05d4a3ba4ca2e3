import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleHost } from '../../support/bundle-host.ts';
import { World } from '../../support/world.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';
import { allows, recordedCalls } from '../support/recorded-calls.ts';
import { synthesized, type Value } from '../support/synthesized.ts';

const SECRET = 'arn:aws:secretsmanager:eu-central-1:000000000000:secret:synthetic';
const DIRECTORY = 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory';

let world: World;
let host: BundleHost;
let variables: Record<string, string>;

beforeAll(async () => {
  const folder = deployedBundles();
  world = await World.start({
    clock: 'running',
    createHost: (options) => {
      host = new BundleHost(folder, options);
      return host;
    },
  });
  variables = { ISSUER: world.issuer, DIRECTORY_TABLE: 'Directory', SYNTHETIC_SECRET: SECRET };
});
afterAll(() => world?.close());

/** What CloudFormation sends, and what it is told. */
async function deploy(name: string, request: 'Create' | 'Update' | 'Delete', versions = { before: '1', now: '2' }) {
  const event = {
    RequestType: request,
    ResponseURL: 'https://cloudformation.example/answer',
    StackId: 'stack',
    RequestId: 'request',
    LogicalResourceId: 'SmokeTest',
    ...(request !== 'Create' && { PhysicalResourceId: 'smoke-test' }),
    ResourceProperties: { ServiceToken: 'arn', versions: { token: versions.now } },
    ...(request === 'Update' && {
      OldResourceProperties: { ServiceToken: 'arn', versions: { token: versions.before } },
    }),
  };
  await host.invokeDuty(name, event, variables);
  return (await host.answersOf(name)).at(-1);
}
const logIn = () => host.invokeDuty('synthetic-login', { source: 'aws.events' }, variables);
/** Nobody is found, which is a final refusal, so that the smoke test does not wait. */
const lostUser = () => {
  world.runtime.aws.interference = ({ caller, action }) =>
    caller === 'backchannel-authentication' && action === 'Query'
      ? { status: 200, body: '{"Items":[],"Count":0}' }
      : undefined;
};
const brokenTokens = () => {
  world.runtime.aws.interference = ({ caller }) =>
    caller === 'token' ? { status: 500, body: '{"__type":"InternalServerError"}' } : undefined;
};

describe('the bundles of the synthetic login, run through the Lambda Runtime API', () => {
  it('set it up and pass the smoke test of a first deployment', async () => {
    expect(await deploy('synthetic-setup', 'Create')).toMatchObject({ Status: 'SUCCESS' });
    expect(await deploy('synthetic-login', 'Create')).toMatchObject({
      Status: 'SUCCESS',
      PhysicalResourceId: 'smoke-test',
    });
  });

  it('log in by schedule', async () => {
    await expect(logIn()).resolves.toBeNull();
  });

  it('fail a deployment whose provider refuses a login', async () => {
    lostUser();
    expect(await deploy('synthetic-login', 'Update')).toMatchObject({
      Status: 'FAILED',
      Reason: 'the smoke test failed: authentication request answers 400 unknown_user_id',
      PhysicalResourceId: 'smoke-test',
    });
    world.runtime.aws.interference = undefined;
  });

  it('fail a scheduled login at once while the provider cannot issue tokens', async () => {
    brokenTokens();
    await expect(logIn()).rejects.toThrow('token request answers 500 server_error');
    world.runtime.aws.interference = undefined;
  });

  it('say so when the role may not read the secret, which a smoke test would wait for', async () => {
    world.runtime.aws.interference = ({ service }) =>
      service === 'secretsmanager' ? { status: 400, body: '{"__type":"AccessDeniedException"}' } : undefined;
    await expect(logIn()).rejects.toThrow('the role may not read the secret');
    world.runtime.aws.interference = undefined;
  });

  it('let a rollback pass, whatever state the provider is in', async () => {
    brokenTokens();
    const versions = { before: '3', now: '2' };
    expect(await deploy('synthetic-login', 'Update', versions)).toMatchObject({ Status: 'SUCCESS' });
    world.runtime.aws.interference = undefined;
  });

  it('tell nothing of a secret that cannot be read', async () => {
    world.runtime.aws.interference = ({ service }) =>
      service === 'secretsmanager'
        ? { status: 200, body: JSON.stringify({ ARN: SECRET, SecretString: 'hunter2' }) }
        : undefined;
    const answer = await deploy('synthetic-login', 'Update');
    world.runtime.aws.interference = undefined;
    expect(answer).toMatchObject({ Status: 'FAILED' });
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });

  it('remove it when it is switched off', async () => {
    expect(await deploy('synthetic-login', 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect(await deploy('synthetic-setup', 'Delete')).toMatchObject({ Status: 'SUCCESS' });
    expect((await world.admin('GET', '/admin/clients/synthetic-login')).status).toBe(404);
    expect((await world.admin('GET', '/admin/users/synthetic-login')).status).toBe(404);
  });
});

describe.each(['synthetic-setup', 'synthetic-login'])('the role of %s', (name) => {
  const template = synthesized('minimal');
  const statements = template.statements(name).filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));
  const resolve = (value: Value) => {
    if (typeof value === 'string') return value;
    return /DirectoryTable/.test(JSON.stringify(value)) ? DIRECTORY : SECRET;
  };
  const list = (value: Value): Value[] => (Array.isArray(value) ? value : [value]);

  it('lets through every AWS call that the bundle made, and grants nothing that it did not make', () => {
    const calls = world.runtime.aws.calls.filter(({ caller }) => caller === name).flatMap(recordedCalls);
    expect(calls.length).toBeGreaterThan(1);
    expect(calls.filter((call) => !statements.some((statement) => allows(statement, call, resolve)))).toEqual([]);
    const granted = statements.flatMap(({ Action }) => list(Action));
    expect(granted.toSorted()).toEqual([...new Set(calls.map(({ action }) => action))].toSorted());
    const keys = statements.flatMap(({ Condition }) =>
      list(Condition?.['ForAllValues:StringEquals']['dynamodb:LeadingKeys'] ?? []),
    );
    const used = calls.flatMap(({ context }) => context['dynamodb:LeadingKeys'] ?? []);
    expect(keys.toSorted()).toEqual([...new Set(used)].toSorted());
  });
});
