import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SIGNING_KEY_PURPOSE } from '../../provider/core/keys/signing-key.ts';
import type { FunctionSpec, TableRole } from '../../provider/core/operating/function-spec.ts';

/** The resources that permissions are granted on. */
export type Grantable = {
  readonly tableArns: Readonly<Record<TableRole, string>>;
  readonly signingKmsKeyArn: string;
  /** The SNS platform applications in use; none without push credentials. */
  readonly applicationArns: readonly string[];
  /** The way of notifications, where a function uses it. */
  readonly notifications?: { readonly topicArn: string; readonly queueArn: string } | undefined;
};

/** Why a role may do something to endpoints that it can't name. */
export const OPEN_ENDPOINTS = 'Push endpoints are made at run time, so the last part of their ARN is open.';

/** The statements of a function's role: exactly what its `lambdas/<name>/function.ts` says. */
export function statementsFor(spec: FunctionSpec, on: Grantable): PolicyStatement[] {
  return [
    ...tableStatements(spec, on),
    ...kmsStatements(spec, on),
    ...snsStatements(spec, on),
    ...notificationStatements(spec, on),
  ];
}

/**
 * Items are cut by the first letters of their partition key, or by the whole of it. `ForAllValues` also holds when the call names no key at
 * all, as a scan does, so a second condition demands that there is one.
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

function kmsStatements({ kms }: FunctionSpec, on: Grantable): PolicyStatement[] {
  if (kms.length === 0) return [];
  return [
    new PolicyStatement({
      actions: kms.map((action) => `kms:${action}`),
      resources: [on.signingKmsKeyArn],
      conditions: { StringEquals: { 'kms:EncryptionContext:purpose': SIGNING_KEY_PURPOSE } },
    }),
  ];
}

/** Endpoints are made at run time, so their last part is open. */
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
      applicationArns.map((arn) => `${arn.replace(':app/', ':endpoint/')}/*`),
    ),
  ];
}

/** Where decisions are announced, and where they wait. */
function notificationStatements({ topic = [], sqs = [] }: FunctionSpec, on: Grantable): PolicyStatement[] {
  const statement = (service: string, actions: readonly string[], arn: string | undefined) => {
    if (actions.length === 0) return [];
    if (arn === undefined) throw new Error(`a function uses ${service} of notifications, which are not there`);
    return [new PolicyStatement({ actions: actions.map((action) => `${service}:${action}`), resources: [arn] })];
  };
  return [...statement('sns', topic, on.notifications?.topicArn), ...statement('sqs', sqs, on.notifications?.queueArn)];
}
