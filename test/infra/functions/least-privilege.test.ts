import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { functionNames, functions, optionalFunctions } from '../../../infra/functions/deployed-functions.ts';
import { NotificationEndpoint } from '../../support/notification-endpoint.ts';
import { World } from '../../support/world.ts';
import { granted, resolve, template } from '../support/local-roles.ts';
import { allows, narrowed, type RecordedCall, recordedCalls, withOneKey } from '../support/recorded-calls.ts';
import { ResourcePolicies } from '../support/resource-policies.ts';
import { walkEveryPath } from '../support/tour.ts';

const deployed = { ...functions, ...optionalFunctions };

let endpoint: NotificationEndpoint;
let world: World;
let calls: RecordedCall[];
beforeAll(async () => {
  endpoint = await NotificationEndpoint.start();
  world = await World.start({
    clock: 'running',
    variables: { REQUEST_LIMITS: '{"oneOpenRequest":"on","messageWhileOpen":"on","expiryLimit":1900}' },
    trustedCertificates: [endpoint.cert],
    onEvent: () => undefined,
  });
  await walkEveryPath(world, endpoint);
  calls = world.runtime.aws.calls.filter(({ caller }) => caller in deployed).flatMap(recordedCalls);
}, 60_000);
afterAll(async () => {
  await world?.close();
  await endpoint.close();
});

describe.each([...functionNames, ...Object.keys(optionalFunctions)])('the role of %s', (name) => {
  it('lets through every AWS call that the function makes, its leading keys included', () => {
    const own = calls.filter(({ caller }) => caller === name);
    expect(own.length).toBeGreaterThan(0);
    const refused = own.filter((call) => !granted(name).some((statement) => allows(statement, call, resolve)));
    expect(refused).toEqual([]);
  });

  it('makes no AWS call that the policy of the KMS key or of the table denies', () => {
    const own = calls.filter(({ caller, action }) => caller === name && /^(kms|dynamodb):/.test(action));
    const policies = new ResourcePolicies(template);
    const onPolicies = own.filter(({ resource }) => !resource.endsWith(':table/Transactions'));
    expect(onPolicies.filter((call) => policies.isDenied(call, policies.roleOf(name)))).toEqual([]);
  });

  it('grants no action, resource or key prefix that the function never uses', () => {
    const own = calls.filter(({ caller }) => caller === name).flatMap(withOneKey);
    const unused = granted(name).flatMap((statement) =>
      narrowed(statement).filter((narrow) => !own.some((call) => allows(narrow, call, resolve))),
    );
    expect(
      unused
        .map(({ Action, Resource, Condition }) => JSON.stringify({ Action, Resource, Condition }))
        .filter((text) => !isExcepted(text)),
    ).toEqual([]);
  });
});

/** The functions whose role allows one of these actions on items whose key begins so. */
function allowedTo(actions: readonly string[], prefix: string): string[] {
  const isGranted = (name: string, action: string) => {
    const call = {
      caller: name,
      action: `dynamodb:${action}`,
      resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory',
      context: { 'dynamodb:LeadingKeys': [`${prefix}x`] },
    };
    return granted(name).some((statement) => allows(statement, call, resolve));
  };
  return functionNames.filter((name) => actions.some((action) => isGranted(name, action)));
}

it('no role may do what another function’s role may: keys are written by signing-keys alone, clients by admin alone', () => {
  const writers = (prefix: string) => allowedTo(['PutItem', 'UpdateItem', 'DeleteItem'], prefix);
  expect(writers('KEY#')).toEqual(['signing-keys']);
  expect(writers('PRIVATEKEY#')).toEqual(['signing-keys']);
  expect(writers('DELIVERYKEY#')).toEqual(['signing-keys']);
  expect(writers('CLIENT#')).toEqual(['admin']);
  expect(writers('LOGIN#')).toEqual(['admin']);
});

it('private halves of signing keys are read by the functions that sign alone, and what verifies or publishes reads public ones', () => {
  const readers = (prefix: string) => allowedTo(['GetItem', 'BatchGetItem', 'Query', 'Scan'], prefix);
  expect(readers('PRIVATEKEY#').toSorted()).toEqual(['client-notification', 'token']);
  expect(readers('DELIVERYKEY#').toSorted()).toEqual(['client-notification', 'signing-keys']);
  expect(readers('KEY#').toSorted()).toEqual([
    'backchannel-authentication',
    'client-notification',
    'provider-metadata',
    'signing-keys',
    'token',
    'token-revocation',
  ]);
});

it('decisions are announced by device, denials that nobody made by backchannel-authentication, to SNS; the queue is for client-notification alone, which can announce again', () => {
  const named = (name: string, way: string) =>
    granted(name)
      .filter(({ Resource }) => JSON.stringify(Resource).includes(`ProviderClientNotifications${way}`))
      .flatMap(({ Action }) => Action);
  for (const name of functionNames) {
    const announces = name === 'device' || name === 'backchannel-authentication';
    expect(named(name, 'Topic')).toEqual(announces ? ['sns:Publish'] : []);
    expect(named(name, 'Queue').toSorted()).toEqual(
      name === 'client-notification'
        ? [
            'sqs:ChangeMessageVisibility',
            'sqs:DeleteMessage',
            'sqs:GetQueueAttributes',
            'sqs:ReceiveMessage',
            'sqs:SendMessage',
          ]
        : [],
    );
  }
});

it('a call without a key, as a scan, is let through nowhere', () => {
  for (const name of functionNames) {
    const scan = {
      caller: name,
      action: 'dynamodb:Query',
      resource: 'arn:aws:dynamodb:eu-central-1:000000000000:table/Directory',
      context: {},
    };
    expect(granted(name).some((statement) => allows(statement, scan, resolve))).toBe(false);
  }
});

/** Grants that the tour does not use, each with its reason. */
const EXCEPTIONS: readonly { matches: RegExp; reason: string }[] = [
  {
    matches: /"sqs:SendMessage".*DeadLetters/,
    reason: 'Lambda itself sends a failed scheduled run there, and what a stream gave up, in the name of the role',
  },
  {
    matches: /"dynamodb:(DescribeStream|GetRecords|GetShardIterator)".*StreamArn/,
    reason: 'Lambda itself reads streams in the name of the role; the stand-in hands records over without a call',
  },
  {
    matches: /"sns:.*:endpoint\//,
    reason: 'SNS checks the application; the endpoints are allowed as well because AWS does not document it',
  },
  {
    matches: /"sns:.*app\/APNS\/local/,
    reason: 'production iPhones: the tour has sandbox ones, which differ in the name alone',
  },
  {
    matches: /"sns:(Set|Get|Delete)Endpoint.*app\/APNS_SANDBOX/,
    reason: 'the life cycle of endpoints is walked with Android phones',
  },
];

function isExcepted(text: string): boolean {
  return EXCEPTIONS.some(({ matches }) => matches.test(text));
}
