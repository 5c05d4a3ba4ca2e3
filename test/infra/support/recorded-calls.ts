import type { AwsCall } from '../../../local/aws/server.ts';
import { authorizedResource } from '../../../local/aws/sns-authorization.ts';
import type { Value } from './synthesized.ts';

/** One AWS call in the words of IAM: who, what, on which resource, under which condition keys. */
export type RecordedCall = {
  readonly caller: string;
  readonly action: string;
  readonly resource: string;
  readonly context: Readonly<Record<string, readonly string[]>>;
};

const REGION = 'eu-central-1';
const ACCOUNT = '000000000000';
const tableArn = (name: string) => `arn:aws:dynamodb:${REGION}:${ACCOUNT}:table/${name}`;
type Attributes = Record<string, { S?: string }>;

/** Reads a call of the stand-ins as IAM would see it: once for each table of a batch. */
export function recordedCalls(call: AwsCall): readonly RecordedCall[] {
  if (call.action !== 'BatchGetItem') return [recordedCall(call)];
  const tables = Object.entries(call.input['RequestItems'] as Record<string, unknown>);
  return tables.map(([name, items]) => recordedCall({ ...call, input: { RequestItems: { [name]: items } } }));
}

/** Reads a call of the stand-ins as IAM would see it. Throws on a call that it does not know. */
export function recordedCall({ caller, service, action, input }: AwsCall): RecordedCall {
  switch (service) {
    case 'dynamodb':
      return { caller, action: `dynamodb:${action}`, ...dynamodbCall(action, input) };
    case 'kms':
      return {
        caller,
        action: `kms:${action}`,
        resource: String(input['KeyId']),
        context: kmsContext(input['EncryptionContext']),
      };
    case 'secretsmanager':
      return { caller, action: `secretsmanager:${action}`, resource: String(input['SecretId']), context: {} };
    case 'sqs':
      return {
        caller,
        action: `sqs:${action.replace(/Batch$/, '')}`,
        resource: queueArn(input['QueueUrl']),
        context: {},
      };
    case 'sns':
      return { caller, action: `sns:${action}`, resource: authorizedResource(action, input), context: {} };
    case 'firehose':
      return {
        caller,
        action: `firehose:${action}`,
        resource: `arn:aws:firehose:${REGION}:${ACCOUNT}:deliverystream/${input['DeliveryStreamName']}`,
        context: {},
      };
    case 'codedeploy':
      // A deployment belongs to its group, and a revision to its application. The input names an application alone.
      return {
        caller,
        action: `codedeploy:${action}`,
        resource: String(input['applicationName'] ?? 'group'),
        context: {},
      };
    case 'events':
      return { caller, action: `events:${action}`, ...eventsCall(input['Entries'] as EventEntry[]) };
    case 'lambda':
      // The one action that IAM calls otherwise. A version or an alias is part of the resource.
      return { caller, action: `lambda:${action}Function`, resource: String(input['FunctionName']), context: {} };
    default:
      throw new Error(`no rule for ${service} ${action}`);
  }
}

type EventEntry = { readonly EventBusName: string; readonly Source: string };

function eventsCall(entries: readonly EventEntry[]): Pick<RecordedCall, 'resource' | 'context'> {
  const [{ EventBusName: resource } = { EventBusName: '' }] = entries;
  return { resource, context: { 'events:source': entries.map(({ Source }) => Source) } };
}

function dynamodbCall(action: string, input: AwsCall['input']): Pick<RecordedCall, 'resource' | 'context'> {
  const keysOf = (...items: Attributes[]) => ({ 'dynamodb:LeadingKeys': items.map(({ pk }) => pk?.S ?? '') });
  const resource = tableArn(String(input['TableName']));
  switch (action) {
    case 'GetItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return { resource, context: keysOf(input['Key'] as Attributes) };
    case 'PutItem':
      return { resource, context: keysOf(input['Item'] as Attributes) };
    case 'Query':
      return {
        resource,
        context: keysOf({ pk: (input['ExpressionAttributeValues'] as Record<string, { S?: string }>)[':pk'] ?? {} }),
      };
    case 'BatchGetItem': {
      const [[name, request] = ['', { Keys: [] }]] = Object.entries(
        input['RequestItems'] as Record<string, { Keys: Attributes[] }>,
      );
      return { resource: tableArn(name), context: keysOf(...request.Keys) };
    }
    default:
      throw new Error(`no rule for dynamodb ${action}`);
  }
}

function kmsContext(context: unknown): RecordedCall['context'] {
  return Object.fromEntries(
    Object.entries(context as Record<string, string>).map(([name, value]) => [
      `kms:EncryptionContext:${name}`,
      [value],
    ]),
  );
}

/** A batch of changes needs the permission for one, and there is none of its own. The queue stands in the URL alone. */
function queueArn(url: unknown): string {
  return `arn:aws:sqs:${REGION}:${ACCOUNT}:${new URL(String(url)).pathname.split('/').at(-1)}`;
}

/** Whether a statement of a role lets a call through. Condition operators it does not know are an error, never a yes. */
export function allows(statement: Value, call: RecordedCall, resolve: (value: Value) => string): boolean {
  if (statement.Effect !== 'Allow') throw new Error('only Allow statements are known');
  return isAbout(statement, call, resolve);
}

/**
 * Whether a statement of a resource's own policy denies a call, whatever the role of the caller allows. The caller is
 * `aws:PrincipalArn` in the context of the call.
 */
export function denies(statement: Value, call: RecordedCall, resolve: (value: Value) => string): boolean {
  if (statement.Effect !== 'Deny') return false;
  if (statement.Principal.AWS !== '*') throw new Error('only denials for every principal are known');
  return isAbout(statement, call, resolve);
}

function isAbout(statement: Value, call: RecordedCall, resolve: (value: Value) => string): boolean {
  const list = (value: Value): Value[] => (Array.isArray(value) ? value : [value]);
  return (
    list(statement.Action).includes(call.action) &&
    list(statement.Resource).some((resource) => matches(resolve(resource), call.resource)) &&
    Object.entries((statement.Condition ?? {}) as Record<string, Record<string, Value>>).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => holds(operator, list(wanted).map(resolve), call.context[key])),
    )
  );
}

/**
 * The call as it would be with each of its keys alone. A batch may name keys of several prefixes; then each of these
 * prefixes is used, and no single one would be enough.
 */
export function withOneKey(call: RecordedCall): RecordedCall[] {
  const keys = call.context['dynamodb:LeadingKeys'];
  if (!keys) return [call];
  return keys.map((key) => ({ ...call, context: { ...call.context, 'dynamodb:LeadingKeys': [key] } }));
}

/** A statement cut into its smallest parts: one action, one resource, one key prefix. */
export function narrowed(statement: Value): Value[] {
  const list = (value: Value): Value[] => (Array.isArray(value) ? value : [value]);
  const prefixes = statement.Condition?.['ForAllValues:StringLike']?.['dynamodb:LeadingKeys'];
  const conditions = prefixes
    ? list(prefixes).map((prefix) => ({
        ...statement.Condition,
        'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': prefix },
      }))
    : [statement.Condition];
  return list(statement.Action).flatMap((Action) =>
    list(statement.Resource).flatMap((Resource) =>
      conditions.map((Condition) => ({ ...statement, Action, Resource, Condition })),
    ),
  );
}

function holds(operator: string, wanted: readonly string[], given: readonly string[] | undefined): boolean {
  switch (operator) {
    case 'ForAllValues:StringLike':
      return (given ?? []).every((value) => wanted.some((pattern) => matches(pattern, value)));
    // No value fulfils no pattern, so a call without the key is not meant.
    case 'ForAnyValue:StringLike':
      return (given ?? []).some((value) => wanted.some((pattern) => matches(pattern, value)));
    // A negated operator also holds for a call without the key.
    case 'ArnNotEquals':
      return !(given ?? []).some((value) => wanted.includes(value));
    case 'ForAllValues:StringEquals':
      return (given ?? []).every((value) => wanted.includes(value));
    case 'StringEquals':
      return given?.length === 1 && wanted.includes(given[0] ?? '');
    case 'Null':
      return String(given === undefined) === wanted[0];
    default:
      throw new Error(`no rule for the condition ${operator}`);
  }
}

function matches(pattern: string, value: string): boolean {
  const escaped = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${escaped}$`).test(value);
}
