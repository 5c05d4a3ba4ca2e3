import { describe, expect, it } from 'vitest';
import { functionNames } from '../../../infra/functions/deployed-functions.ts';
import type { ProviderSettings } from '../../../infra/settings/provider-settings.ts';
import { BEFORE_TRAFFIC, lastCallSeconds } from '../../../provider/core/operating/synthetic.ts';
import { listOf, Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const OF_A_LOGIN = ['backchannel-authentication', 'token', 'device', 'provider-metadata'];
/** How long the hook waits for one answer of a function. */
const LONGEST_CALL_SECONDS = 20;
/** How long its three calls of CodeDeploy take at most: four tries of five seconds each, with three pauses. */
const CODE_DEPLOY_SECONDS = 3 * (4 * 5 + 3 * 2);

const policyOf = (alias: Value) => alias.UpdatePolicy?.CodeDeployLambdaAliasUpdate;

describe.each([
  ['production', production],
  ['minimal', minimal],
] as const)('the hook before traffic (%s)', (_, of) => {
  const hook = of.idOf(of.function('before-traffic'));

  it('is called before each new version of a function that a login calls, and for no other function', () => {
    const hooked = functionNames.filter((name) => policyOf(of.alias(name))?.BeforeAllowTrafficHook !== undefined);
    expect(hooked.toSorted()).toEqual(OF_A_LOGIN.toSorted());
    for (const name of hooked) expect(policyOf(of.alias(name)).BeforeAllowTrafficHook).toEqual({ Ref: hook });
  });

  it('is up to date, has its rights and its identities, and may be called, before any version is tested', () => {
    const policies = of.all('AWS::IAM::Policy');
    const ofHook = policies.filter(({ Properties }) => JSON.stringify(Properties.Roles).includes('beforetraffic'));
    const callers = policies.filter(({ Properties }) =>
      JSON.stringify(Properties.PolicyDocument).includes(`["${hook}","Arn"]`),
    );
    expect([ofHook.length, callers.length]).toEqual([1, 1]);
    for (const name of OF_A_LOGIN) {
      const waits = of.alias(name)['DependsOn'] as string[];
      const [group] = listOf(policyOf(of.alias(name)).DeploymentGroupName).map(({ Ref }: Value) => Ref);
      const role = of.main.Resources[group]?.Properties.ServiceRoleArn['Fn::GetAtt'][0];
      const caller = callers.find(({ Properties }) => JSON.stringify(Properties.Roles).includes(`"${role}"`));
      expect(waits).toContain(hook);
      expect(waits).toContain(of.idOf(ofHook[0] as Value));
      expect(waits).toContain(of.idOf(of.all('Custom::SyntheticLogin')[0] as Value));
      expect(waits).toContain(of.idOf(caller as Value));
    }
  });

  it('waits for nothing that waits for an alias: CloudFormation refuses circles', () => {
    const { Resources } = of.main;
    const ids = Object.keys(Resources);
    const namedIn = (id: string) => {
      const text = JSON.stringify(Resources[id]);
      return ids.filter((other) => other !== id && text.includes(`"${other}"`));
    };
    const reached = new Set<string>();
    const aliases = OF_A_LOGIN.map((name) => of.alias(name));
    const next = aliases.flatMap((alias) => alias['DependsOn'] as string[]);
    for (let id = next.pop(); id !== undefined; id = next.pop()) {
      for (const other of namedIn(id).filter((one) => !reached.has(one))) {
        reached.add(other);
        next.push(other);
      }
    }
    expect(aliases.map((alias) => of.idOf(alias)).filter((id) => reached.has(id))).toEqual([]);
    expect(reached.size).toBeGreaterThan(5);
  });

  it('knows the routes of a login’s functions, and none of the admin API', () => {
    const { LOGIN_FUNCTIONS } = of.function('before-traffic').Properties.Environment.Variables;
    const text = JSON.stringify(LOGIN_FUNCTIONS);
    for (const name of OF_A_LOGIN) expect(text).toContain(`"Ref":"${of.idOf(of.function(name))}"`);
    expect(text).toContain('POST /token');
    expect(text).not.toContain('/admin');
  });

  it('makes fewer faults in a minute than ring the alarm of the tested function, which would stop its rollback', () => {
    const alarms = of.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
    const ofFaults = OF_A_LOGIN.map((name) =>
      alarms.find(({ AlarmName }) => String(AlarmName).endsWith(`${name}-faults`)),
    );
    for (const alarm of ofFaults) expect(60 / BEFORE_TRAFFIC.pauseSeconds).toBeLessThan(alarm?.Threshold);
  });

  it('reports before its function is stopped, and is not run again by Lambda', () => {
    const { Timeout } = of.function('before-traffic').Properties;
    const logins = 2 * (lastCallSeconds(BEFORE_TRAFFIC) + LONGEST_CALL_SECONDS);
    expect(Timeout).toBeGreaterThanOrEqual(logins + CODE_DEPLOY_SECONDS);
    const invocation = of
      .all('AWS::Lambda::EventInvokeConfig')
      .map(({ Properties }) => Properties)
      .find(({ FunctionName }) => FunctionName.Ref === hook);
    expect(invocation).toMatchObject({ MaximumRetryAttempts: 0, Qualifier: '$LATEST' });
  });
});

describe('there is no hook', () => {
  it.each<[ProviderSettings, string]>([
    [{ deployment: 'allAtOnce' }, 'CodeDeploy has no part in the deployment'],
    [{ syntheticLogin: 'off' }, 'there is nobody to log in'],
  ])('with %o: %s', (settings) => {
    const of = new Synthesized({ stage: 'unhooked', removalPolicy: 'destroy', ...settings });
    expect(() => of.function('before-traffic')).toThrow('0 functions');
    expect(of.text).not.toContain('BeforeAllowTrafficHook');
  });
});
