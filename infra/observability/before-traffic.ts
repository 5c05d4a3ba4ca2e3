import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct, IConstruct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { CanaryDeployments } from '../functions/canary.ts';
import { deploymentFunctions, type FunctionName } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { acknowledge, acknowledgeWildcards } from '../nag.ts';
import { addBeforeTrafficAlarm } from './alarms/logins.ts';

/**
 * The functions that a login of the synthetic client calls, and that are reachable without an IAM identity. `admin`
 * must never be among them: who may invoke it could name any operator. `client-notification` serves clients in ping and
 * push mode.
 */
const OF_A_LOGIN: readonly FunctionName[] = ['backchannel-authentication', 'token', 'device', 'provider-metadata'];

type BeforeTrafficProps = Pick<Deployment, 'settings' | 'issuer' | 'alarms'> & {
  readonly canary: CanaryDeployments;
  /** The secret of the synthetic login. */
  readonly secretArn: string;
  /** What makes the client, the user and the device of the synthetic login. */
  readonly setUp: IConstruct;
};

/**
 * Lets CodeDeploy log in with each new version of a login's functions before the version gets its first call. The hook
 * is deployed before any of these versions, with its permissions and with the identities with which it logs in.
 */
export function testBeforeTraffic(scope: Construct, props: BeforeTrafficProps): void {
  const tested = props.canary.canaries.filter(({ target }) => OF_A_LOGIN.some((name) => name === target.name));
  const hook = makeHook(scope, props, tested);
  addBeforeTrafficAlarm(props.alarms, hook);
  for (const { target, group } of tested) {
    group.addPreHook(hook.lambda as IFunction);
    target.alias.node.addDependency(hook, props.setUp, group.role);
    const ofVersions = new PolicyStatement({ resources: [`${hook.lambda.functionArn}:*`] });
    acknowledgeWildcards(group.role, [ofVersions], 'CDK grants the invocation of versions with that of the function.');
  }
}

function makeHook(
  scope: Construct,
  { settings, issuer, secretArn, canary }: BeforeTrafficProps,
  tested: CanaryDeployments['canaries'],
): ProviderFunction {
  const name = 'before-traffic';
  const spec = deploymentFunctions[name];
  const called = tested.map(({ target }) => ({
    functionName: target.lambda.functionName,
    routes: target.spec.routes,
  }));
  const values = {
    ISSUER: issuer,
    SYNTHETIC_SECRET: secretArn,
    LOGIN_FUNCTIONS: Stack.of(scope).toJsonString(called),
  };
  const allow = (action: string, ...resources: readonly string[]) =>
    new PolicyStatement({ actions: [action], resources: [...resources] });
  const hook = new ProviderFunction(scope, {
    name,
    spec,
    settings,
    environment: environmentOf(spec, values),
    statements: [
      allow('secretsmanager:GetSecretValue', secretArn),
      allow('codedeploy:GetDeployment', ...tested.map(({ group }) => group.deploymentGroupArn)),
      allow('codedeploy:GetApplicationRevision', canary.application.applicationArn),
      allow('lambda:InvokeFunction', ...tested.map(({ target }) => `${target.lambda.functionArn}:*`)),
    ],
    wildcardReason: 'The number of a version is not known before it is published.',
  });
  // A second run would find that the first has reported, and would log in for nothing. An event that waits, because the
  // account has no execution free, is worth running for long: CodeDeploy waits for an hour.
  hook.lambda.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(30) });
  acknowledge(hook, {
    'Serverless-LambdaAsyncFailureDestination': 'CodeDeploy fails a deployment whose hook reports nothing.',
  });
  return hook;
}
