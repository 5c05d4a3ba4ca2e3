import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { LambdaApplication, LambdaDeploymentConfig, LambdaDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { acknowledge } from '../nag.ts';
import type { ProviderFunction } from './provider-function.ts';

type CanaryProps = { readonly functions: readonly { target: ProviderFunction; alarms: readonly IAlarm[] }[] };
/** A function and the group in which CodeDeploy deploys it. */
type Canary = { readonly target: ProviderFunction; readonly group: LambdaDeploymentGroup };

/** Gives a new version a tenth of the calls for five minutes. An alarm in that time restores the previous version. */
export class CanaryDeployments extends Construct {
  readonly application: LambdaApplication;
  readonly canaries: readonly Canary[];

  constructor(scope: Construct, id: string, props: CanaryProps) {
    super(scope, id);
    this.application = new LambdaApplication(this, 'Application');
    // One role for all groups: AWS's policy lets CodeDeploy shift the traffic of every function of the account, so a role
    // for each group would protect nothing. Two providers in one stack need the resources (docs/adr/0038).
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('codedeploy.amazonaws.com') });
    this.canaries = props.functions.map((one) => ({ target: one.target, group: this.#group(one, role) }));
    acknowledge(this, {
      'AwsSolutions-IAM4[Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSCodeDeployRoleForLambdaLimited]':
        'CodeDeploy publishes this policy for exactly this purpose and keeps it up to date.',
    });
  }

  #group({ target, alarms }: CanaryProps['functions'][number], role: Role): LambdaDeploymentGroup {
    return new LambdaDeploymentGroup(this, target.name, {
      application: this.application,
      alias: target.alias,
      role,
      deploymentConfig: LambdaDeploymentConfig.CANARY_10PERCENT_5MINUTES,
      alarms: [...alarms],
      autoRollback: { failedDeployment: true, stoppedDeployment: true, deploymentInAlarm: true },
    });
  }
}
