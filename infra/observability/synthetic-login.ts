import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import type { CanaryDeployments } from '../functions/canary.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { statementsFor } from '../functions/role-statements.ts';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';
import { addSyntheticLoginAlarm } from './alarms/logins.ts';
import { testBeforeTraffic } from './before-traffic.ts';

/** Minutes from one synthetic login to the next, unless the settings say otherwise. */
const MINUTES = 15;

type SyntheticLoginProps = Pick<Deployment, 'settings' | 'issuer' | 'tableNames' | 'grantable' | 'alarms'> & {
  /** The functions of the provider. A new version of any of them is tested, even of one that no login calls. */
  readonly functions: readonly ProviderFunction[];
  /** The canaries of these functions, if there are any. */
  readonly canary: CanaryDeployments | undefined;
  /** What else must exist before anyone can log in: routes, stage, domain names. */
  readonly after: readonly IConstruct[];
};

/**
 * A client and a device that belong to the deployment. They log in on a schedule and as the smoke test of each
 * deployment. The client may only name its own user. One function writes its secrets, and one other reads them.
 */
export class SyntheticLogin extends Construct {
  readonly handler: ProviderFunction;
  readonly setUpHandler: ProviderFunction;
  readonly every: Duration;
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, props: SyntheticLoginProps) {
    super(scope, id);
    this.every = Duration.minutes(props.settings.syntheticLoginMinutes ?? MINUTES);
    this.#secret = this.#makeSecret();
    this.setUpHandler = this.#function('synthetic-setup', 'secretsmanager:PutSecretValue', props);
    this.handler = this.#function('synthetic-login', 'secretsmanager:GetSecretValue', props);
    this.#denyOtherWriters();
    const setUp = this.#setUp(props);
    if (props.canary)
      testBeforeTraffic(this, { ...props, canary: props.canary, secretArn: this.#secret.secretArn, setUp });
    const last = isReachableAtOnce(props.settings) ? this.#smokeTest(setUp, props) : setUp;
    this.#schedule([last, ...props.after]);
    addSyntheticLoginAlarm(props.alarms, this);
    addOutputs(this, { SyntheticLoginFunction: this.handler.alias.functionArn });
  }

  #makeSecret(): Secret {
    const secret = new Secret(this, 'Secret', {
      description: 'Client secret and device key of the synthetic login',
      // A deployment that needs the secret writes it anew, so deleting it loses nothing.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'The secret is written anew whenever the function that makes it changes. It gives access to the synthetic user only.',
    });
    return secret;
  }

  #function(
    name: 'synthetic-setup' | 'synthetic-login',
    action: string,
    { settings, issuer, tableNames, grantable }: SyntheticLoginProps,
  ): ProviderFunction {
    const spec = deploymentFunctions[name];
    const { secretArn } = this.#secret;
    const values = { ISSUER: issuer, DIRECTORY_TABLE: tableNames.directory, SYNTHETIC_SECRET: secretArn };
    return new ProviderFunction(this, {
      name,
      spec,
      settings,
      environment: environmentOf(spec, values),
      statements: [
        ...statementsFor(spec, grantable),
        new PolicyStatement({ actions: [action], resources: [secretArn] }),
      ],
    });
  }

  /**
   * Denies `PutSecretValue` to all principals but the function that makes the secret, administrators included. Nothing
   * is denied that CloudFormation calls when it reads, updates or deletes the secret: it does so as the role that
   * deploys (ADR 0014).
   */
  #denyOtherWriters(): void {
    this.#secret.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OnlySetUpWrites',
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: ['secretsmanager:PutSecretValue'],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': this.setUpHandler.role.roleArn } },
      }),
    );
  }

  /**
   * Schedules the login. A failed login is not retried: the next one follows on schedule, and two failures in a row
   * raise an alarm. The schedule starts after everything else exists: resolvers remember for minutes that a DNS name
   * was unknown.
   */
  #schedule(after: readonly IConstruct[]): void {
    this.handler.alias.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const rule = new Rule(this, 'Schedule', {
      description: 'Logs in as a client and a phone would',
      schedule: Schedule.rate(this.every),
      targets: [new LambdaTarget(this.handler.live, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    rule.node.addDependency(...after);
    const reason = 'The alarm synthetic-login reports a login that failed or was missed, and the next one follows.';
    acknowledge(rule, { 'Serverless-EventBusDLQ': reason });
    acknowledge(this.handler, { 'Serverless-LambdaAsyncFailureDestination': reason });
  }

  #setUp({ tableNames }: SyntheticLoginProps): CustomResource {
    const setUp = new CustomResource(this, 'SetUp', {
      resourceType: 'Custom::SyntheticLogin',
      serviceToken: this.setUpHandler.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      // Another table or secret also makes another version, because both are variables of the function.
      properties: {
        versions: { 'synthetic-setup': this.setUpHandler.lambda.currentVersion.version },
        table: tableNames.directory,
      },
    });
    // Permissions are separate resources, which CloudFormation would not wait for.
    setUp.node.addDependency(this.setUpHandler, this.#secret);
    return setUp;
  }

  /** Makes the last resource of the deployment. If its login fails, the whole deployment rolls back. */
  #smokeTest(setUp: CustomResource, { functions, after }: SyntheticLoginProps): CustomResource {
    const tested = [...functions, this.handler];
    const versions = tested.map(({ name, lambda }) => [name, lambda.currentVersion.version]);
    const smokeTest = new CustomResource(this, 'SmokeTest', {
      resourceType: 'Custom::SmokeTest',
      serviceToken: this.handler.lambda.functionArn,
      // Longer than the function may run, so that CloudFormation gets its answer.
      serviceTimeout: Duration.seconds(deploymentFunctions['synthetic-login'].timeoutSeconds + 60),
      properties: { versions: Object.fromEntries(versions) },
    });
    smokeTest.node.addDependency(setUp, ...tested, ...after);
    return smokeTest;
  }
}

/** Whether the public address works as soon as the stack exists. A DNS record outside the stack may come later. */
function isReachableAtOnce({ domain }: ProviderSettings): boolean {
  return domain === undefined || domain.zone !== undefined;
}
