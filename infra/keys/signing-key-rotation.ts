import { CustomResource, Duration } from 'aws-cdk-lib';
import { Rule, RuleTargetInput, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { addRotationAlarms } from '../observability/alarms/keys.ts';
import { addOutputs } from '../outputs.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';

type RotationProps = Pick<Deployment, 'settings' | 'deadLetters' | 'alarms'> & {
  readonly signingKeys: ProviderFunction;
};

/**
 * Creates the first signing keys before the API opens, and runs the rotation twice a day. The function only does what
 * is due, so extra runs change nothing and the next run makes up for a missed one.
 */
export class SigningKeyRotation extends Construct {
  /** The resource that creates the first keys. The API's stage waits for it. */
  readonly firstKeys: CustomResource;

  constructor(scope: Construct, id: string, { signingKeys, deadLetters, settings, alarms }: RotationProps) {
    super(scope, id);
    this.firstKeys = this.#firstKeys(signingKeys, settings);
    addRotationAlarms(alarms, signingKeys);
    addOutputs(this, { SigningKeysFunction: signingKeys.alias.functionArn });
    new Rule(this, 'Schedule', {
      description: 'Creates, activates and retires signing keys when they are due',
      schedule: Schedule.rate(Duration.hours(12)),
      targets: [
        new LambdaTarget(signingKeys.live, {
          event: RuleTargetInput.fromObject({ action: 'rotate', by: 'schedule' }),
          deadLetterQueue: deadLetters,
          retryAttempts: 3,
          maxEventAge: Duration.hours(2),
        }),
      ],
    });
  }

  #firstKeys(signingKeys: ProviderFunction, settings: ProviderSettings): CustomResource {
    const spec = deploymentFunctions['first-keys'];
    const { alias } = signingKeys;
    const caller = new ProviderFunction(this, {
      name: 'first-keys',
      spec,
      settings,
      environment: environmentOf(spec, { SIGNING_KEYS_FUNCTION: alias.functionArn }),
      statements: [new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [alias.functionArn] })],
    });
    const firstKeys = new CustomResource(this, 'FirstKeys', {
      resourceType: 'Custom::FirstSigningKeys',
      serviceToken: caller.lambda.functionArn,
      serviceTimeout: Duration.minutes(5),
      // A new version runs once while the deployment can still be rolled back.
      properties: { versions: { 'signing-keys': signingKeys.lambda.currentVersion.version } },
    });
    // Permissions are separate resources, which CloudFormation would not wait for.
    firstKeys.node.addDependency(signingKeys.role, caller.role, alias);
    return firstKeys;
  }
}
