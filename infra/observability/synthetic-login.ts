import { CustomResource, Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { AnyPrincipal, Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct, type IConstruct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { statementsFor } from '../functions/role-statements.ts';
import { acknowledge } from '../nag.ts';
import { addOutputs } from '../outputs.ts';
import { type CibaProviderProps, SYNTHETIC_LOGIN_MINUTES } from '../settings/provider-props.ts';
import { addSyntheticLoginAlarm } from './alarms/logins.ts';

type SyntheticLoginProps = Pick<Deployment, 'settings' | 'issuer' | 'tableNames' | 'grantable' | 'alarms'> & {
  /** Those of the table: a new version of any of them is tested, those that no login goes through as well. */
  readonly functions: readonly ProviderFunction[];
  /** What else has to be there before anybody can log in: routes, stage, names. */
  readonly after: readonly IConstruct[];
};

/**
 * A client and a device of the deployment's own, that log in by schedule and as the smoke test of each deployment. The
 * client may name its own user alone; its secrets are written by one function and read by one other.
 */
export class SyntheticLogin extends Construct {
  readonly handler: ProviderFunction;
  readonly setUpHandler: ProviderFunction;
  readonly every: Duration;
  readonly #secret: Secret;

  constructor(scope: Construct, id: string, props: SyntheticLoginProps) {
    super(scope, id);
    this.every = Duration.minutes(props.settings.syntheticLoginMinutes ?? SYNTHETIC_LOGIN_MINUTES);
    this.#secret = this.#makeSecret();
    this.setUpHandler = this.#function('synthetic-setup', 'secretsmanager:PutSecretValue', props);
    this.handler = this.#function('synthetic-login', 'secretsmanager:GetSecretValue', props);
    this.#deny('OnlySetUpWrites', 'secretsmanager:PutSecretValue', this.setUpHandler);
    this.#deny('OnlyLoginReads', 'secretsmanager:GetSecretValue', this.handler);
    const setUp = this.#setUp(props);
    const last = answersAtOnce(props.settings) ? this.#smokeTest(setUp, props) : setUp;
    this.#schedule([last, ...props.after]);
    addSyntheticLoginAlarm(props.alarms, this);
    addOutputs(this, { SyntheticLoginFunction: this.handler.alias.functionArn });
  }

  #makeSecret(): Secret {
    const secret = new Secret(this, 'Secret', {
      description: 'Client secret and device key of the synthetic login',
      // Made anew with every deployment that needs it: nothing is lost with it.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    acknowledge(secret, {
      'AwsSolutions-SMG4': 'Written anew whenever the function that makes it changes; with it nobody can be logged in.',
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

  /** Also against whoever else in the account may do everything. Changing the secret's description stays possible. */
  #deny(sid: string, action: string, except: ProviderFunction): void {
    this.#secret.addToResourcePolicy(
      new PolicyStatement({
        sid,
        effect: Effect.DENY,
        principals: [new AnyPrincipal()],
        actions: [action],
        resources: ['*'],
        conditions: { ArnNotEquals: { 'aws:PrincipalArn': except.role.roleArn } },
      }),
    );
  }

  /**
   * A failed login is not repeated: the next one comes by itself, and two in a row are an alarm. It begins when all is
   * there: a name that is asked for too early stays unknown for minutes.
   */
  #schedule(after: readonly IConstruct[]): void {
    this.handler.alias.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(1) });
    const rule = new Rule(this, 'Schedule', {
      description: 'Logs in as a client and a phone would',
      schedule: Schedule.rate(this.every),
      targets: [new LambdaTarget(this.handler.live, { retryAttempts: 0, maxEventAge: Duration.minutes(1) })],
    });
    rule.node.addDependency(...after);
    const reason = 'A login that failed or was missed is told by the alarm synthetic-login, and the next one follows.';
    acknowledge(rule, { 'Serverless-EventBusDLQ': reason });
    acknowledge(this.handler, { 'Serverless-LambdaAsyncFailureDestination': reason });
  }

  #setUp({ tableNames }: SyntheticLoginProps): CustomResource {
    const setUp = new CustomResource(this, 'SetUp', {
      resourceType: 'Custom::SyntheticLogin',
      serviceToken: this.setUpHandler.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      // Another table or secret is another version too, since the function is told both.
      properties: {
        versions: { 'synthetic-setup': this.setUpHandler.lambda.currentVersion.version },
        table: tableNames.directory,
      },
    });
    // Permissions are resources of their own, and CloudFormation would not wait for them.
    setUp.node.addDependency(this.setUpHandler, this.#secret);
    return setUp;
  }

  /** The last resource of the deployment: its failure takes everything back. */
  #smokeTest(setUp: CustomResource, { functions, after }: SyntheticLoginProps): CustomResource {
    const tested = [...functions, this.handler];
    const versions = tested.map(({ name, lambda }) => [name, lambda.currentVersion.version]);
    const smokeTest = new CustomResource(this, 'SmokeTest', {
      resourceType: 'Custom::SmokeTest',
      serviceToken: this.handler.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { versions: Object.fromEntries(versions) },
    });
    smokeTest.node.addDependency(setUp, ...tested, ...after);
    return smokeTest;
  }
}

/** Whether the public address leads here as soon as the stack is made. A DNS record of somebody else may come later. */
function answersAtOnce({ domain }: CibaProviderProps): boolean {
  return domain === undefined || domain.zone !== undefined;
}
