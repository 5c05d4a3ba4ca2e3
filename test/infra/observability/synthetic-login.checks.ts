import { describe, expect, it } from 'vitest';
import { functionNames } from '../../../infra/functions/deployed-functions.ts';
import { lastCallSeconds, SMOKE_TEST } from '../../../provider/core/operating/synthetic.ts';
import { listOf, Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const minimal = synthesized('minimal');
const production = synthesized('production');
const dev = synthesized('dev');
const off = new Synthesized({ stage: 'off', removalPolicy: 'destroy', syntheticLogin: 'off' });

/**
 * What CloudFormation calls, as the role that deploys, when it reads, updates or deletes a secret or its policy: the
 * `handlers` in the schemas of AWS::SecretsManager::Secret and AWS::SecretsManager::ResourcePolicy. A stack tag is an
 * update of the secret, and drift detection reads it.
 */
const HANDLER_ACTIONS = [
  'CreateSecret',
  'DeleteResourcePolicy',
  'DeleteSecret',
  'DescribeSecret',
  'GetRandomPassword',
  'GetResourcePolicy',
  'GetSecretValue',
  'PutResourcePolicy',
  'TagResource',
  'UntagResource',
  'UpdateSecret',
].map((action) => `secretsmanager:${action}`);

/** How long the smoke test waits for one answer (provider/adapters/https/provider-call.ts). */
const LONGEST_CALL_SECONDS = 10;
const DUTIES = ['synthetic-setup', 'synthetic-login'] as const;
const secretOf = (of: Synthesized) => of.idOf(of.single('AWS::SecretsManager::Secret'));
const roleOf = (of: Synthesized, name: string) => of.function(name).Properties.Role['Fn::GetAtt'][0];

describe('the roles of the synthetic login', () => {
  const own = (name: string): Value[] =>
    production.statements(name).filter(({ Action }) => !JSON.stringify(Action).includes('logs:'));

  it('synthetic-setup writes the items of two keys, named whole, and the secret; nothing else', () => {
    expect(own('synthetic-setup')).toEqual([
      {
        Effect: 'Allow',
        Action: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
        Resource: expect.anything(),
        Condition: {
          'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': ['CLIENT#synthetic-login', 'USER#synthetic-login'] },
          Null: { 'dynamodb:LeadingKeys': 'false' },
        },
      },
      { Effect: 'Allow', Action: 'secretsmanager:PutSecretValue', Resource: { Ref: secretOf(production) } },
    ]);
    expect(JSON.stringify(own('synthetic-setup')[0].Resource)).toMatch(/Outputs\.\w*DirectoryTable\w*Arn/);
  });

  it('synthetic-login reads the secret and nothing else: it has no way to the tables', () => {
    expect(own('synthetic-login')).toEqual([
      { Effect: 'Allow', Action: 'secretsmanager:GetSecretValue', Resource: { Ref: secretOf(production) } },
    ]);
    const { Variables } = production.function('synthetic-login').Properties.Environment;
    expect(Object.keys(Variables)).toEqual(['ISSUER', 'SYNTHETIC_SECRET']);
  });

  it('no other function may touch the secret', () => {
    for (const name of [...functionNames, 'endpoint-events', 'first-keys', 'platform-application'])
      expect(JSON.stringify(production.statements(name)), name).not.toContain(secretOf(production));
  });
});

describe('the secret of the synthetic login', () => {
  const statements = (): Value[] => {
    const [policy] = production.all('AWS::SecretsManager::ResourcePolicy').map(({ Properties }) => Properties);
    expect(policy.SecretId).toEqual({ Ref: secretOf(production) });
    return listOf(policy.ResourcePolicy.Statement);
  };

  it('takes a value by PutSecretValue from one function only, whatever else a policy of the account allows', () => {
    expect(statements()).toEqual([
      {
        Sid: 'OnlySetUpWrites',
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'secretsmanager:PutSecretValue',
        Resource: '*',
        Condition: {
          ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [roleOf(production, 'synthetic-setup'), 'Arn'] } },
        },
      },
    ]);
  });

  it.each(HANDLER_ACTIONS)(
    'does not deny %s to CloudFormation, which reads, updates, tags and deletes it',
    (action) => {
      const denied = statements().filter(({ Effect }) => Effect === 'Deny');
      expect(denied.flatMap(({ Action }) => listOf(Action)).filter((pattern) => covers(pattern, action))).toEqual([]);
    },
  );

  it('goes with the stack, also where tables stay, and is in no template', () => {
    const [secret] = production.all('AWS::SecretsManager::Secret');
    expect(secret?.DeletionPolicy).toBe('Delete');
    expect(secret?.Properties.SecretString).toBeUndefined();
  });
});

describe('the schedule of the synthetic login', () => {
  const rule = ruleOf(minimal);

  it('runs the live version every quarter of an hour, and repeats nothing', () => {
    expect(rule.ScheduleExpression).toBe('rate(15 minutes)');
    expect(rule.Targets[0].Arn.Ref).toBe(minimal.idOf(minimal.alias('synthetic-login')));
    expect(rule.Targets[0].RetryPolicy.MaximumRetryAttempts).toBe(0);
    const [invocation] = minimal.all('AWS::Lambda::EventInvokeConfig').map(({ Properties }) => Properties);
    expect(invocation).toMatchObject({
      FunctionName: { Ref: minimal.idOf(minimal.function('synthetic-login')) },
      MaximumRetryAttempts: 0,
      Qualifier: expect.anything(),
    });
  });

  it('runs as often as the settings say, and the alarm looks as often', () => {
    const often = new Synthesized({ stage: 'often', removalPolicy: 'destroy', syntheticLoginMinutes: 5 });
    expect(ruleOf(often).ScheduleExpression).toBe('rate(5 minutes)');
    expect(alarmOf(often)).toMatchObject({ Period: 300 });
  });

  it('raises an alarm when two runs in a row fail or are missing', () => {
    expect(alarmOf(production)).toMatchObject({
      Namespace: 'AWS/Lambda',
      MetricName: 'Errors',
      Statistic: 'Sum',
      Period: 900,
      Threshold: 1,
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      TreatMissingData: 'breaching',
      AlarmDescription: expect.stringContaining('docs/operations.md#alarm-synthetic-login'),
    });
    const resource = alarmOf(production).Dimensions.find(({ Name }: Value) => Name === 'Resource');
    expect(JSON.stringify(resource.Value)).toContain(':live');
  });
});

describe('the set-up', () => {
  it.each([minimal, production, dev])('waits for its permissions, and for the policy of the secret', (of) => {
    const dependencies = of.all('Custom::SyntheticLogin')[0]?.DependsOn ?? [];
    expect(dependencies).toContain(policyOf(of, 'synthetic-setup'));
    expect(dependencies).toContain(of.idOf(of.single('AWS::SecretsManager::ResourcePolicy')));
  });

  it('is repeated by a new version of its function and by another table', () => {
    const { versions, table } = minimal.all('Custom::SyntheticLogin')[0]?.Properties ?? {};
    expect(JSON.stringify(versions)).toMatch(/syntheticsetup\w*CurrentVersion/);
    expect(JSON.stringify(table)).toContain('DirectoryTable');
  });
});

describe('the smoke test', () => {
  const settings = { minimal, production, dev };
  it.each(Object.keys(settings) as (keyof typeof settings)[])('comes last in the setting %s', (setting) => {
    const of = settings[setting];
    const dependencies = new Set(of.all('Custom::SmokeTest')[0]?.DependsOn);
    const idsOf = (type: string) => of.all(type).map((one) => of.idOf(one));
    const calls = of
      .all('AWS::Lambda::Permission')
      .filter(({ Properties }) => Properties.Principal === 'apigateway.amazonaws.com')
      .map((one) => of.idOf(one));
    const wanted = [
      ...['AWS::ApiGatewayV2::Route', 'AWS::ApiGatewayV2::Stage', 'AWS::ApiGatewayV2::Integration'].flatMap(idsOf),
      ...['AWS::ApiGatewayV2::ApiMapping', 'AWS::Route53::RecordSet', 'Custom::SyntheticLogin'].flatMap(idsOf),
      ...[...functionNames, 'synthetic-login'].map((name) => of.idOf(of.alias(name))),
      ...[...functionNames, 'synthetic-login'].map((name) => policyOf(of, name)),
      ...calls,
    ];
    expect(calls.length).toBe(6);
    expect(wanted.filter((id) => !dependencies.has(id))).toEqual([]);
    // The stage in turn waits for the signing keys.
    expect(of.all('AWS::ApiGatewayV2::Stage')[0]?.DependsOn).toContain(idsOf('Custom::FirstSigningKeys')[0]);
  });

  it('runs again when any function that a login goes through changes', () => {
    const { versions } = minimal.all('Custom::SmokeTest')[0]?.Properties ?? {};
    expect(Object.keys(versions)).toEqual([...functionNames, 'synthetic-login']);
    for (const [name, version] of Object.entries<Value>(versions)) {
      expect(version['Fn::GetAtt'][1]).toBe('Version');
      const published = minimal.main.Resources[version['Fn::GetAtt'][0]]?.Properties;
      expect(published.FunctionName.Ref).toBe(minimal.idOf(minimal.function(name)));
    }
  });

  it('answers CloudFormation before its function is stopped, and is stopped before CloudFormation gives up', () => {
    const { Timeout } = minimal.function('synthetic-login').Properties;
    expect(Timeout).toBeGreaterThanOrEqual(lastCallSeconds(SMOKE_TEST) + LONGEST_CALL_SECONDS + 20);
    const serviceTimeout = Number(minimal.all('Custom::SmokeTest')[0]?.Properties.ServiceTimeout);
    expect(serviceTimeout).toBe(Timeout + 60);
  });

  it('does not take place where the DNS record is somebody else’s, which may not be there yet', () => {
    const { zone: _, ...domain } = settingsOf.production().domain ?? { name: '', certificateArn: '' };
    const foreign = new Synthesized({ stage: 'foreign', removalPolicy: 'destroy', domain });
    expect(foreign.all('Custom::SmokeTest')).toEqual([]);
    expect(foreign.all('Custom::SyntheticLogin').length).toBe(1);
    expect(alarmOf(foreign)).toBeDefined();
  });
});

describe('without the synthetic login', () => {
  it('nothing of it is there', () => {
    expect(off.text).not.toMatch(/synthetic/i);
    for (const type of ['Custom::SmokeTest', 'Custom::SyntheticLogin', 'AWS::SecretsManager::Secret'])
      expect(off.all(type)).toEqual([]);
    expect(() => off.function('synthetic-login')).toThrow('0 functions');
    expect(alarmOf(off)).toBeUndefined();
    expect(off.main.Outputs?.['SyntheticLoginFunction']).toBeUndefined();
  });
});

describe('its functions', () => {
  it('keep their logs as long as all others', () => {
    for (const name of DUTIES) {
      const { LogGroup } = production.function(name).Properties.LoggingConfig;
      expect(production.main.Resources[LogGroup.Ref]?.Properties.RetentionInDays).toBe(90);
    }
  });

  it('the audit trail gets what the set-up writes', () => {
    const group = production.function('synthetic-setup').Properties.LoggingConfig.LogGroup.Ref;
    const audited = production
      .all('AWS::Logs::SubscriptionFilter')
      .map(({ Properties }) => Properties.LogGroupName.Ref);
    expect(audited).toContain(group);
  });
});

function ruleOf(of: Synthesized): Value {
  return of.all('AWS::Events::Rule').find(({ Properties }) => /minutes/.test(Properties.ScheduleExpression))
    ?.Properties;
}

function alarmOf(of: Synthesized): Value {
  return of.all('AWS::CloudWatch::Alarm').find(({ Properties }) => Properties.AlarmName.endsWith('-synthetic-login'))
    ?.Properties;
}

/** Whether an action of a policy, perhaps with a wildcard at its end, covers this action. */
function covers(pattern: string, action: string): boolean {
  return pattern.endsWith('*') ? action.startsWith(pattern.slice(0, -1)) : pattern === action;
}

function policyOf(of: Synthesized, name: string): string {
  const role = roleOf(of, name);
  const policy = of
    .all('AWS::IAM::Policy')
    .find(({ Properties }) => listOf(Properties.Roles).some((one: Value) => one.Ref === role));
  return policy ? of.idOf(policy) : `no policy of ${name}`;
}
