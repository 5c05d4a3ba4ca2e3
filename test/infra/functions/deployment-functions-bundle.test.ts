import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BundleHost } from '../../support/bundle-host.ts';
import { World } from '../../support/world.ts';
import { deployedBundles } from '../support/deployed-bundles.ts';
import { apple, DeploymentStandIns, google, REVOKED } from '../support/deployment-stand-ins.ts';
import {
  applicationArn,
  applicationProperties,
  EXCEPTIONS,
  here,
  keeping,
  removing,
  resolved,
  variablesOf,
} from '../support/deployment-templates.ts';
import { allows, narrowed, type RecordedCall, recordedCalls } from '../support/recorded-calls.ts';
import type { Value } from '../support/synthesized.ts';

const PLATFORMS = ['APNS', 'APNS_SANDBOX', 'GCM'] as const;
const DELETE = 'sns:DeletePlatformApplication';
type Platform = (typeof PLATFORMS)[number];

let world: World;
let host: BundleHost;
let standIns: DeploymentStandIns;
beforeAll(async () => {
  const folder = deployedBundles();
  world = await World.start({
    clock: 'running',
    variables: Object.fromEntries(PLATFORMS.map((one) => [`${one}_APPLICATION_ARN`, applicationArn(one)])),
    createHost: (options) => {
      host = new BundleHost(folder, options);
      return host;
    },
  });
  standIns = new DeploymentStandIns(world.runtime);
});
afterAll(() => world?.close());

const callsOf = (name: string): RecordedCall[] =>
  world.runtime.aws.calls.filter(({ caller }) => caller === name).flatMap(recordedCalls);
const run = (name: string, event: unknown) => host.invokeDuty(name, event, variablesOf(name));

/** What a function calls while something happens, by action alone, and what came of it. */
async function during(name: string, act: () => Promise<unknown>) {
  const before = callsOf(name).length;
  const result = await act();
  const actions = callsOf(name).slice(before);
  return { actions: actions.map(({ action }) => action), result };
}

type Deployed = { RequestType: 'Create' | 'Update' | 'Delete'; properties: Value; PhysicalResourceId?: string };

/** What CloudFormation sends, with the template's own properties, and what it is told: one answer a request. */
async function deploy(name: string, { properties, ...event }: Deployed) {
  const before = (await host.answersOf(name)).length;
  const ids = { StackId: 'stack', RequestId: randomUUID(), LogicalResourceId: 'One' };
  const ResponseURL = 'https://cloudformation.example/answer';
  await run(name, { ...event, ...ids, ResponseURL, ResourceProperties: resolved(properties) });
  const answers = (await host.answersOf(name)).slice(before);
  expect(answers).toEqual([expect.objectContaining(ids)]);
  expect(JSON.stringify(answers)).not.toContain('PRIVATE KEY');
  return answers[0];
}

describe('the bundle of platform-application, run through the Lambda Runtime API', () => {
  const name = 'platform-application';
  const deployOne = (RequestType: Deployed['RequestType'], platform: Platform, template = keeping) => {
    const properties = applicationProperties(template, platform);
    const PhysicalResourceId = applicationArn(platform);
    return deploy(name, { RequestType, properties, ...(RequestType !== 'Create' && { PhysicalResourceId }) });
  };
  const setAll = (keyId?: string) => standIns.putSecret(here.apns?.secretArn ?? '', apple(keyId));
  const [read, set, create] = [
    'secretsmanager:GetSecretValue',
    'sns:SetPlatformApplicationAttributes',
    'sns:CreatePlatformApplication',
  ];

  it('answers when a secret has no value yet, and makes nothing', async () => {
    expect(await during(name, () => deployOne('Create', 'GCM'))).toMatchObject({ actions: [read] });
    expect([...standIns.applications]).toEqual([]);
  });

  it('answers when the push service refuses the first credential, and makes nothing', async () => {
    await setAll(`${REVOKED}123`);
    expect(await during(name, () => deployOne('Create', 'APNS'))).toMatchObject({ actions: [read, set, create] });
    expect([...standIns.applications]).toEqual([]);
  });

  it('makes the application of each platform', async () => {
    await setAll();
    await standIns.putSecret(here.fcm?.secretArn ?? '', google);
    for (const platform of PLATFORMS) {
      const answer = { Status: 'SUCCESS', PhysicalResourceId: applicationArn(platform) };
      const actions = [read, set, create];
      expect(await during(name, () => deployOne('Create', platform))).toMatchObject({ actions, result: answer });
    }
    expect([...standIns.applications]).toEqual(PLATFORMS.map((one) => applicationArn(one)));
  });

  it('changes an application in place, and answers when the push service refuses the new credential', async () => {
    expect(await during(name, () => deployOne('Update', 'APNS'))).toMatchObject({ actions: [read, set] });
    await setAll(`${REVOKED}123`);
    expect(await during(name, () => deployOne('Update', 'APNS'))).toMatchObject({ actions: [read, set] });
    await setAll();
  });

  it('refreshes all at an operator’s order, or those that are named', async () => {
    const applied = (platform: Platform) => [platform, { ok: true, arn: applicationArn(platform) }];
    expect(await during(name, () => run(name, { action: 'refresh' }))).toEqual({
      actions: PLATFORMS.flatMap(() => [read, set]),
      result: Object.fromEntries(PLATFORMS.map(applied)),
    });
    expect(await during(name, () => run(name, { action: 'refresh', platforms: ['GCM'] }))).toEqual({
      actions: [read, set],
      result: Object.fromEntries([applied('GCM')]),
    });
  });

  it('leaves the applications when the stack goes, and deletes them where that is set', async () => {
    for (const platform of PLATFORMS) {
      expect(await during(name, () => deployOne('Delete', platform))).toMatchObject({ actions: [] });
      expect(standIns.applications).toContain(applicationArn(platform));
      const { actions } = await during(name, () => deployOne('Delete', platform, removing));
      expect(actions).toEqual([DELETE]);
    }
    expect([...standIns.applications]).toEqual([]);
  });
});

describe('the bundle of endpoint-events, run through the Lambda Runtime API', () => {
  const name = 'endpoint-events';
  const [ask, find, mark] = ['sns:GetEndpointAttributes', 'dynamodb:GetItem', 'dynamodb:UpdateItem'];
  const shared = async (pushToken: string, platform: Platform) => {
    const users = [await world.user(), await world.user()];
    for (const { sub } of users) await world.phone(sub, { pushToken, platform });
    const endpoint = [...world.runtime.sns.endpoints.values()].find(({ token }) => token === pushToken);
    if (!endpoint) throw new Error(`${pushToken} has no endpoint`);
    return { endpoint, users };
  };
  const pushOf = async (users: readonly { sub: string }[]) => {
    const answers = await Promise.all(users.map(({ sub }) => world.admin('GET', `/admin/users/${sub}/devices`)));
    return answers.flatMap(({ body }) => (body['devices'] as { push: string }[]).map(({ push }) => push));
  };
  const tell = (EventType: 'DeliveryFailure' | 'EndpointUpdated', EndpointArn: string) => {
    const failure = { FailureType: 'EndpointDisabled', FailureMessage: 'Endpoint is disabled', DeliveryAttempts: 1 };
    const detail = EventType === 'DeliveryFailure' ? failure : { Attributes: { Enabled: 'false' } };
    const Message = JSON.stringify({ EventType, EndpointArn, Service: 'SNS', Time: '2026-07-01T12:00:00Z', ...detail });
    const Sns = { Type: 'Notification', MessageId: randomUUID(), TopicArn: 'arn', Message, MessageAttributes: {} };
    return run(name, { Records: [{ EventSource: 'aws:sns', EventVersion: '1.0', Sns }] });
  };

  it.each(PLATFORMS)('marks the devices of both users that share a dead endpoint of %s', async (platform) => {
    for (const type of ['DeliveryFailure', 'EndpointUpdated'] as const) {
      const { endpoint, users } = await shared(`${type}-${platform}`, platform);
      endpoint.enabled = false;
      expect(await during(name, () => tell(type, endpoint.arn))).toMatchObject({ actions: [ask, find, mark, mark] });
      expect(await pushOf(users)).toEqual(['unreachable', 'unreachable']);
    }
  });

  it('marks nobody for an endpoint that nobody has', async () => {
    const unknown = `${applicationArn('GCM').replace(':app/', ':endpoint/')}/${randomUUID()}`;
    expect(await during(name, () => tell('DeliveryFailure', unknown))).toMatchObject({ actions: [ask, find] });
  });

  it('proves its rights on endpoints to a self-check, on each platform', async () => {
    const allowed = { action: 'GetEndpointAttributes', result: 'allowed', error: 'NotFound' };
    const rights = PLATFORMS.map((platform) => ({ platform, ...allowed }));
    expect(await during(name, () => run(name, { self_check: 'push_rights' }))).toEqual({
      actions: [ask, ask, ask],
      result: { platforms: [...PLATFORMS], rights },
    });
  });

  it('marks nobody for an endpoint that was revived meanwhile', async () => {
    const { endpoint, users } = await shared('revived', 'GCM');
    world.runtime.sns.disable('revived');
    users.push(await world.user());
    await world.phone(users.at(-1)?.sub ?? '', { pushToken: 'revived' });
    for (const type of ['DeliveryFailure', 'EndpointUpdated'] as const)
      expect(await during(name, () => tell(type, endpoint.arn))).toMatchObject({ actions: [ask] });
    expect(await pushOf(users)).toEqual(['reachable', 'reachable', 'reachable']);
  });
});

describe('the bundle of first-keys, run through the Lambda Runtime API', () => {
  const name = 'first-keys';
  const properties = keeping.all('Custom::FirstSigningKeys')[0]?.Properties;
  const made = () => callsOf('signing-keys').filter(({ action }) => action.startsWith('kms:')).length;

  it('has the signing keys made by the first deployment', async () => {
    await standIns.dropSigningKeys('Directory');
    const before = made();
    expect(await during(name, () => deploy(name, { RequestType: 'Create', properties }))).toMatchObject({
      actions: ['lambda:InvokeFunction'],
      result: { Status: 'SUCCESS', PhysicalResourceId: name },
    });
    expect(made()).toBeGreaterThan(before);
  });

  it('has them looked after by the next one, and leaves them when the stack goes', async () => {
    const before = made();
    const update = () => deploy(name, { RequestType: 'Update', properties, PhysicalResourceId: name });
    expect(await during(name, update)).toMatchObject({ actions: ['lambda:InvokeFunction'] });
    const remove = () => deploy(name, { RequestType: 'Delete', properties, PhysicalResourceId: name });
    expect(await during(name, remove)).toMatchObject({ actions: [] });
    expect(made()).toBe(before);
  });

  it.each(['Create', 'Update'] as const)('answers a %s when signing-keys fails', async (RequestType) => {
    standIns.tableFails = true;
    const failing = () => deploy(name, { RequestType, properties });
    expect(await during(name, failing)).toMatchObject({ actions: ['lambda:InvokeFunction'] });
    standIns.tableFails = false;
  });
});

const sns = 'arn:aws:sns:eu-central-1:000000000000';
const endpoints = PLATFORMS.map((platform) => `${sns}:endpoint/${platform}/ciba-production/*`);

describe.each([
  { name: 'platform-application', setting: 'that keeps applications', template: keeping, open: [`${sns}:app/*`] },
  { name: 'platform-application', setting: 'that removes applications', template: removing, open: [`${sns}:app/*`] },
  {
    name: 'endpoint-events',
    setting: 'of production',
    template: keeping,
    open: ['ENDPOINT#*', 'USER#*', ...endpoints],
  },
  { name: 'first-keys', setting: 'of production', template: keeping, open: [] },
])('the role of $name in a deployment $setting', ({ name, template, open }) => {
  const allowed = (call: RecordedCall) => template.statements(name).some((one) => allows(one, call, resolved));
  const isMade = ({ action }: RecordedCall) => template === removing || action !== DELETE;

  it('lets through every AWS call that the bundle made', () => {
    const calls = callsOf(name).filter(isMade);
    expect(calls.length).toBeGreaterThan(0);
    expect(calls.filter((call) => !allowed(call))).toEqual([]);
    expect(callsOf(name).filter((call) => !isMade(call) && allowed(call))).toEqual([]);
  });

  it('grants no action, resource or key prefix that the bundle never used', () => {
    const calls = callsOf(name).filter(isMade);
    const unused = template
      .statements(name)
      .flatMap((statement) => narrowed(statement))
      .filter((narrow) => !calls.some((call) => allows(narrow, call, resolved)))
      .map(({ Action, Resource, Condition }) => JSON.stringify({ Action, Resource, Condition }));
    expect(unused.filter((text) => !EXCEPTIONS.some(({ matches }) => matches.test(text)))).toEqual([]);
  });

  it('leaves open only what is named at run time', () => {
    expect(JSON.stringify(template.statements(name)).match(/(?<=")[^"]*\*(?=[^"]*")/g) ?? []).toEqual(open);
  });
});
