import { describe, expect, it } from 'vitest';
import { type FunctionName, functionNames, functions } from '../../../infra/functions/deployed-functions.ts';
import type { FunctionSpec } from '../../../provider/core/operating/function-spec.ts';
import { listOf, Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const dev = synthesized('dev');

const routed = functionNames.filter((name) => functions[name].routes.length > 0);

describe('functions', () => {
  it.each(functionNames)('%s runs on nodejs24.x, arm64, with the memory and time of the table', (name) => {
    const { Properties: lambda } = production.function(name);
    expect(lambda.Runtime).toBe('nodejs24.x');
    expect(lambda.Architectures).toEqual(['arm64']);
    expect(lambda.MemorySize).toBe(functions[name].memoryMegabytes);
    expect(lambda.Timeout).toBe(functions[name].timeoutSeconds);
  });

  it('have a log group each, with a retention, and write JSON', () => {
    const groups = production.all('AWS::Lambda::Function').map(({ Properties: lambda }) => {
      expect(lambda.LoggingConfig.LogFormat).toBe('JSON');
      return lambda.LoggingConfig.LogGroup.Ref;
    });
    expect(new Set(groups).size).toBe(groups.length);
    for (const group of groups) expect(production.main.Resources[group]?.Properties.RetentionInDays).toBe(90);
    for (const group of dev.all('AWS::Logs::LogGroup')) expect(group.Properties.RetentionInDays).toBe(7);
  });

  it.each(functionNames)('%s has the variables of the table that have a value, and no others', (name) => {
    const wanted: readonly string[] = functions[name].environment;
    const given = Object.keys(production.function(name).Properties.Environment.Variables);
    expect(wanted).toEqual(expect.arrayContaining(given));
    const unset = ['PREVIOUS_ISSUERS', 'REQUEST_LIMITS', 'TOKEN_LIFETIMES', 'KEY_ROTATION', 'BINDING_MESSAGE_PATTERN'];
    // Clients are called at public addresses alone.
    unset.push(
      'NOTIFICATION_NETWORKS',
      'NOTIFICATION_PORTS',
      'OPERATORS',
      'BINDING_MESSAGES',
      'AUDIT_OUTAGE',
      'SHIELDED_NAME',
      'CLIENT_SECRET_DAYS',
      'LOGIN_HINT_TOKEN_ISSUERS',
    );
    expect(given.toSorted()).toEqual(wanted.filter((variable) => !unset.includes(variable)).toSorted());
  });

  it('know the platform applications and the app of the settings', () => {
    const { Variables } = production.function('device').Properties.Environment;
    expect(JSON.stringify(Variables.APNS_APPLICATION_ARN)).toContain(':app/APNS/ciba-production');
    expect(JSON.stringify(Variables.APNS_SANDBOX_APPLICATION_ARN)).toContain(':app/APNS_SANDBOX/ciba-production');
    expect(JSON.stringify(Variables.GCM_APPLICATION_ARN)).toContain(':app/GCM/ciba-production');
    expect(Variables.APNS_TOPIC).toBe('com.example.login');
  });

  it('know the issuer, with its slash: the domain, or the address of the API', () => {
    expect(production.function('token').Properties.Environment.Variables.ISSUER).toBe('https://login.example.com/');
    const [separator, parts] = minimal.function('token').Properties.Environment.Variables.ISSUER['Fn::Join'];
    expect(separator).toBe('');
    expect(parts[0]).toBe('https://');
    expect(parts[2]).toMatch(/^\.execute-api\.$/);
    expect(parts.at(-1)).toBe('/');
  });

  it.each([...routed, 'client-notification'])(
    '%s is rolled out as a canary that an alarm on its own failures rolls back',
    (name) => {
      const alias = production.alias(name);
      const update = alias.UpdatePolicy.CodeDeployLambdaAliasUpdate;
      const group = production.main.Resources[update.DeploymentGroupName.Ref]?.Properties;
      expect(group.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent5Minutes');
      expect(group.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      const [alarm] = group.AlarmConfiguration.Alarms;
      expect(production.main.Resources[alarm.Name.Ref]?.Properties.AlarmName).toBe(`ciba-production-${name}-faults`);
    },
  );

  it('are rolled out with one role, which nobody but CodeDeploy may assume, and which can call the hook alone', () => {
    const groups = production.all('AWS::CodeDeploy::DeploymentGroup');
    const roles = new Set(groups.map(({ Properties }) => Properties.ServiceRoleArn['Fn::GetAtt'][0]));
    expect([groups.length > 3, roles.size]).toEqual([true, 1]);
    const [id = ''] = roles;
    const role = production.main.Resources[id]?.Properties;
    expect(role.AssumeRolePolicyDocument.Statement).toEqual([
      { Action: 'sts:AssumeRole', Effect: 'Allow', Principal: { Service: 'codedeploy.amazonaws.com' } },
    ]);
    expect(JSON.stringify(role.ManagedPolicyArns)).toContain('service-role/AWSCodeDeployRoleForLambdaLimited');
    const rights = production
      .all('AWS::IAM::Policy')
      .filter(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${id}"`))
      .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
    const hook = production.idOf(production.function('before-traffic'));
    expect(rights.map(({ Action }) => Action)).toEqual(['lambda:InvokeFunction']);
    expect(JSON.stringify(rights[0].Resource)).toContain(`["${hook}","Arn"]`);
  });

  it('are rolled out at once in development', () => {
    expect(dev.all('AWS::CodeDeploy::DeploymentGroup')).toEqual([]);
    for (const alias of dev.all('AWS::Lambda::Alias')) expect(alias.UpdatePolicy).toBeUndefined();
  });

  it('reserve no concurrency unless told: a young account has too little to reserve any', () => {
    for (const { Properties } of production.all('AWS::Lambda::Function'))
      expect(Properties.ReservedConcurrentExecutions).toBeUndefined();
  });

  it('keep what was live, so that a rollback is one change of the alias', () => {
    for (const version of production.all('AWS::Lambda::Version')) {
      expect([version.DeletionPolicy, version.UpdateReplacePolicy]).toEqual(['RetainExceptOnCreate', 'Retain']);
    }
  });
});

describe('roles', () => {
  it('are one for each function', () => {
    const roles = production.all('AWS::Lambda::Function').map(({ Properties }) => Properties.Role['Fn::GetAtt'][0]);
    expect(new Set(roles).size).toBe(roles.length);
  });

  it('grant no managed policy to a function', () => {
    for (const { Properties: lambda } of production.all('AWS::Lambda::Function'))
      expect(production.main.Resources[lambda.Role['Fn::GetAtt'][0]]?.Properties.ManagedPolicyArns).toBeUndefined();
  });

  it.each(functionNames)('%s may do to items exactly what the table says, by first letters of the key', (name) => {
    expect(tableGrants(name).toSorted()).toEqual(wantedGrants(name).toSorted());
  });

  it.each(functionNames)('%s can scan nothing: every statement on a table demands a key', (name) => {
    for (const statement of dynamodb(name)) {
      expect(statement.Condition.Null).toEqual({ 'dynamodb:LeadingKeys': 'false' });
      expect(JSON.stringify(statement.Resource)).not.toContain('*');
    }
  });

  it('only signing-keys may write signing keys, and only admin clients', () => {
    const writers = (prefix: string) =>
      functionNames.filter((name) =>
        tableGrants(name).some((grant) => grant.includes(` ${prefix}`) && /Put|Update|Delete/.test(grant)),
      );
    expect(writers('KEY#')).toEqual(['signing-keys']);
    expect(writers('PRIVATEKEY#')).toEqual(['signing-keys']);
    expect(writers('CLIENT#')).toEqual(['admin']);
  });

  it('open private keys in the functions that sign alone, and only what was made as one', () => {
    const kms = (name: string) =>
      production
        .statements(name)
        .filter((one) => JSON.stringify(one.Action).includes('kms:'))
        .map(({ Action, Condition }) => ({
          actions: listOf(Action),
          purpose: Condition.StringEquals['kms:EncryptionContext:purpose'],
        }));
    const signing = { actions: ['kms:Decrypt'], purpose: 'ciba-signing-key' };
    const delivery = { actions: ['kms:Decrypt'], purpose: 'ciba-delivery-key' };
    const wanted: Readonly<Record<string, unknown>> = {
      token: [signing],
      'client-notification': [signing, delivery],
      'signing-keys': [
        { ...signing, actions: ['kms:GenerateDataKeyPairWithoutPlaintext'] },
        { ...delivery, actions: ['kms:GenerateDataKeyWithoutPlaintext'] },
      ],
    };
    for (const name of functionNames) expect(kms(name), name).toEqual(wanted[name] ?? []);
  });

  it.each(functionNames)('%s may do to push endpoints exactly what the table says', (name) => {
    const sns = onEndpoints(production.statements(name));
    const wanted = functions[name].sns.map((action) => `sns:${action}`);
    expect(sns.flatMap(({ Action }) => listOf(Action)).toSorted()).toEqual(wanted.toSorted());
    for (const resource of sns.flatMap(({ Resource }) => Resource))
      expect(JSON.stringify(resource)).toMatch(/:(app|endpoint)\/(APNS|APNS_SANDBOX|GCM)\/ciba-production(\/\*)?"/);
  });

  it('grant nothing on SNS where no push is set up', () => {
    for (const name of functionNames) expect(onEndpoints(minimal.statements(name))).toEqual([]);
  });

  it.each(functionNames)('%s may do on the way of notifications exactly what the table says', (name) => {
    const { topic = [], sqs = [] }: FunctionSpec = functions[name];
    const found = onNotifications(production.statements(name));
    const wanted = [...topic.map((action) => `sns:${action}`), ...sqs.map((action) => `sqs:${action}`)];
    expect(found.flatMap(({ Action }) => listOf(Action)).toSorted()).toEqual(wanted.toSorted());
    for (const { Action, Resource } of found) {
      const [type, arn] = String(Action).startsWith('sns:')
        ? ['AWS::SNS::Topic', Resource.Ref]
        : ['AWS::SQS::Queue', Resource['Fn::GetAtt']?.[0]];
      expect(production.main.Resources[arn]?.Type).toBe(type);
    }
  });

  it('let device announce decisions, backchannel-authentication denials that nobody made, and client-notification alone work on the queue', () => {
    const users = (action: RegExp) =>
      functionNames.filter((name) =>
        onNotifications(production.statements(name)).some(({ Action }) => action.test(String(Action))),
      );
    expect(users(/^sns:/).toSorted()).toEqual(['backchannel-authentication', 'device']);
    expect(users(/sqs:/)).toEqual(['client-notification']);
  });

  it('let client-notification leave dead letters, and read none', () => {
    const onDeadLetters = (name: string) =>
      production.statements(name).filter(({ Resource }) => JSON.stringify(Resource).includes('DeadLetters'));
    const allowed = onDeadLetters('client-notification').flatMap(({ Action }) => Action);
    expect(allowed).toEqual(['sqs:SendMessage']);
  });
});

const onEndpoints = (statements: Value[]) =>
  statements.filter((one) => JSON.stringify(one.Action).includes('sns:') && !isOfNotifications(one));
const onNotifications = (statements: Value[]) => statements.filter(isOfNotifications);

function isOfNotifications({ Resource }: Value): boolean {
  return JSON.stringify(Resource).includes('ProviderClientNotifications');
}

function dynamodb(name: string): Value[] {
  return production.statements(name).filter((one) => JSON.stringify(one.Action).includes('dynamodb:'));
}

/** One line a grant: table, action, prefix. */
function tableGrants(name: string): string[] {
  return dynamodb(name).flatMap((statement) => {
    const table = /Outputs\.\w*?(Directory|Transactions)Table/
      .exec(JSON.stringify(statement.Resource))?.[1]
      ?.toLowerCase();
    const prefixes: string[] = listOf(statement.Condition['ForAllValues:StringLike']['dynamodb:LeadingKeys']);
    return listOf(statement.Action).flatMap((action) => prefixes.map((prefix) => `${table} ${action} ${prefix}`));
  });
}

function wantedGrants(name: FunctionName): string[] {
  return functions[name].tables.flatMap(({ table, actions, prefixes }) =>
    actions.flatMap((action) => prefixes.map((prefix) => `${table} dynamodb:${action} ${prefix}*`)),
  );
}

describe('the log of a function', () => {
  it('gets lines of every level that the function writes, so that an operator can log more without a deployment', () => {
    for (const name of functionNames)
      expect(production.function(name).Properties.LoggingConfig).toMatchObject({
        LogFormat: 'JSON',
        ApplicationLogLevel: 'DEBUG',
      });
  });
});

describe('traces', () => {
  const tracing = {
    layerArn: 'arn:aws:lambda:eu-central-1:000000000000:layer:opentelemetry-nodejs-0_19_0:1',
    variables: { OTEL_EXPORTER_OTLP_ENDPOINT: 'https://collector.example.com' },
  };

  it('are off: no function has a layer, a wrapper or the right to write segments', () => {
    for (const { Properties } of production.all('AWS::Lambda::Function')) {
      expect(Properties).not.toHaveProperty('Layers');
      expect(Properties).not.toHaveProperty('TracingConfig');
      expect(JSON.stringify(Properties.Environment ?? {})).not.toContain('AWS_LAMBDA_EXEC_WRAPPER');
    }
    expect(JSON.stringify(production.main)).not.toContain('xray:');
  });

  it.each([[{}, '/opt/otel-handler'] as const, [{ wrapper: '/opt/otel-instrument' }, '/opt/otel-instrument'] as const])(
    'with a layer start each function through its wrapper (%o)',
    (more, wrapper) => {
      const traced = new Synthesized({ stage: 'dev', tracing: { ...tracing, ...more } });
      for (const name of functionNames) {
        const { Layers, TracingConfig, Environment } = traced.function(name).Properties;
        expect(Layers).toEqual([tracing.layerArn]);
        expect(TracingConfig).toEqual({ Mode: 'Active' });
        expect(Environment.Variables).toMatchObject({ ...tracing.variables, AWS_LAMBDA_EXEC_WRAPPER: wrapper });
        expect(JSON.stringify(traced.statements(name))).toContain('xray:PutTraceSegments');
      }
    },
  );
});
