import { Fn, Token } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SIGNING_KEY_PURPOSE } from '../../provider/core/keys/signing-key.ts';
import { DELIVERY_KEY_PURPOSE } from '../../provider/core/notifying/sealed-tokens.ts';
import type { FunctionSpec, TableRole } from '../../provider/core/operating/function-spec.ts';

/** The resources that permissions are granted on. */
export type Grantable = {
  readonly tableArns: Readonly<Record<TableRole, string>>;
  readonly signingKmsKeyArn: string;
  /** The SNS platform applications in use; none without push credentials. */
  readonly applicationArns: readonly string[];
  /** The delivery stream that stores audit records. Undefined if there is no audit store. */
  readonly auditStreamArn?: string | undefined;
  /** The notification topic and queue, if a function uses them. */
  readonly notifications?: { readonly topicArn: string; readonly queueArn: string } | undefined;
  /** The dead-letter queue, if a function uses it. */
  readonly deadLettersArn?: string | undefined;
};

/** Why the resources of a role's endpoint permissions have a wildcard. */
export const ENDPOINT_WILDCARD_REASON =
  'Push endpoints are made at run time, so the last part of their ARN is not known.';

/** Makes the statements of a function's role: exactly the permissions in its `lambdas/<name>/function.ts`. */
export function statementsFor(spec: FunctionSpec, on: Grantable): PolicyStatement[] {
  return [
    ...tableStatements(spec, on),
    ...kmsStatements(spec, on),
    ...snsStatements(spec, on),
    ...notificationStatements(spec, on),
    ...auditStatements(spec, on),
  ];
}

/**
 * Limits a role to items of a DynamoDB table by the prefix of their partition key, or by the whole key. `ForAllValues`
 * also holds for a call that names no key, such as a scan, so a second condition demands a key.
 */
function tableStatements(spec: FunctionSpec, on: Grantable): PolicyStatement[] {
  return spec.tables.map(
    (grant) =>
      new PolicyStatement({
        actions: grant.actions.map((action) => `dynamodb:${action}`),
        resources: [on.tableArns[grant.table]],
        conditions: {
          ...('keys' in grant
            ? { 'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': grant.keys } }
            : {
                'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': grant.prefixes.map((prefix) => `${prefix}*`) },
              }),
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      }),
  );
}

/** A role may use the key for the purposes that its function has, each with actions of its own. */
function kmsStatements({ kms, deliveryKeys = [] }: FunctionSpec, on: Grantable): PolicyStatement[] {
  const statement = (actions: readonly string[], purpose: string) =>
    actions.length === 0
      ? []
      : [
          new PolicyStatement({
            actions: actions.map((action) => `kms:${action}`),
            resources: [on.signingKmsKeyArn],
            conditions: { StringEquals: { 'kms:EncryptionContext:purpose': purpose } },
          }),
        ];
  return [...statement(kms, SIGNING_KEY_PURPOSE), ...statement(deliveryKeys, DELIVERY_KEY_PURPOSE)];
}

/**
 * Grants actions on applications and their endpoints. SNS authorises an action on an endpoint against the ARN of the
 * endpoint's application: its refusals name that ARN. AWS does not document this, so the endpoints' own ARNs are
 * allowed as well. They end in a wildcard, because endpoints are made at run time.
 */
function snsStatements({ sns }: FunctionSpec, { applicationArns }: Grantable): PolicyStatement[] {
  if (applicationArns.length === 0) return [];
  const onApplications = sns.filter((action) => action === 'CreatePlatformEndpoint');
  const onEndpoints = sns.filter((action) => action !== 'CreatePlatformEndpoint');
  const statement = (actions: readonly string[], resources: readonly string[]) =>
    actions.length === 0
      ? []
      : [new PolicyStatement({ actions: actions.map((action) => `sns:${action}`), resources: [...resources] })];
  return [
    ...statement(onApplications, applicationArns),
    ...statement(
      onEndpoints,
      applicationArns.flatMap((arn) => [arn, `${endpointsOf(arn)}/*`]),
    ),
  ];
}

/**
 * Returns the ARN of an application with `endpoint` for `app`. CloudFormation replaces it in an ARN that is not known
 * yet.
 */
function endpointsOf(arn: string): string {
  const known = arn.replace(':app/', ':endpoint/');
  return known === arn && Token.isUnresolved(arn) ? Fn.join(':endpoint/', Fn.split(':app/', arn)) : known;
}

/** Grants actions on the topic where decisions are announced, and on the queues where they wait or end. */
function notificationStatements({ topic, sqs, deadLetters }: FunctionSpec, on: Grantable): PolicyStatement[] {
  // With an id of its own CDK does not merge a statement into the one about push endpoints.
  return [
    ...namedStatement('snsNotifications', topic, on.notifications?.topicArn),
    ...namedStatement('sqsNotifications', sqs, on.notifications?.queueArn),
    ...namedStatement('sqsDeadLetters', deadLetters, on.deadLettersArn),
  ];
}

/** Makes a statement with an id, which begins with the service of its actions. */
function namedStatement(
  sid: `${'sns' | 'sqs'}${string}`,
  actions: readonly string[] = [],
  arn: string | undefined,
): PolicyStatement[] {
  if (actions.length === 0) return [];
  if (arn === undefined) throw new Error(`a function needs permissions ${sid}, but there is no topic or queue`);
  return [
    new PolicyStatement({ sid, actions: actions.map((action) => `${sid.slice(0, 3)}:${action}`), resources: [arn] }),
  ];
}

/** Grants actions on the delivery stream of the audit store, if there is one. */
function auditStatements({ firehose = [] }: FunctionSpec, { auditStreamArn }: Grantable): PolicyStatement[] {
  if (firehose.length === 0 || auditStreamArn === undefined) return [];
  return [
    new PolicyStatement({ actions: firehose.map((action) => `firehose:${action}`), resources: [auditStreamArn] }),
  ];
}
