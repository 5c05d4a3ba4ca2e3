import { Aws } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { Deployment } from '../deployment.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { ENDPOINT_WILDCARD_REASON, statementsFor } from '../functions/role-statements.ts';
import { acknowledge } from '../nag.ts';
import { metricsNamespaceOf } from '../observability/metrics.ts';
import { addFunctionOutput, addOutputs } from '../outputs.ts';

type EndpointEventsProps = Pick<
  Deployment,
  'settings' | 'tableNames' | 'applicationArns' | 'grantable' | 'deadLetters'
>;

/**
 * The topic where SNS reports pushes that failed for good and endpoints that it disabled, and the function that marks
 * their devices unreachable.
 */
export class EndpointEvents extends Construct {
  readonly topic: Topic;
  readonly handler: ProviderFunction;

  constructor(scope: Construct, id: string, props: EndpointEventsProps) {
    super(scope, id);
    const { settings, tableNames, applicationArns, grantable, deadLetters } = props;
    const spec = deploymentFunctions['endpoint-events'];
    this.handler = new ProviderFunction(this, {
      name: 'endpoint-events',
      spec,
      settings,
      environment: environmentOf(spec, {
        DIRECTORY_TABLE: tableNames.directory,
        METRICS_NAMESPACE: metricsNamespaceOf(this),
        APNS_APPLICATION_ARN: applicationArns.APNS,
        APNS_SANDBOX_APPLICATION_ARN: applicationArns.APNS_SANDBOX,
        GCM_APPLICATION_ARN: applicationArns.GCM,
      }),
      statements: statementsFor(spec, grantable),
      wildcardReason: ENDPOINT_WILDCARD_REASON,
      deadLetterQueue: deadLetters,
    });
    this.topic = new Topic(this, 'Topic', { displayName: 'Events of push endpoints', enforceSSL: true });
    this.#admitEvents();
    acknowledge(this.handler, {
      'CloudFormation-Validate::W3694': 'The subscription calls the alias, which SNS accepts as a function.',
    });
    this.topic.addSubscription(new LambdaSubscription(this.handler.live, { deadLetterQueue: deadLetters }));
    addOutputs(this, { EndpointEventsTopic: this.topic.topicArn });
    addFunctionOutput(this, this.handler);
  }

  /**
   * Lets SNS and the account publish. AWS does not document as whom SNS publishes the events of a platform application:
   * as the service, or in the name of the account that owns the application. So both are let in. `OwnAccount` is the
   * condition of a topic's default policy, which a policy of our own replaces. AWS no longer documents its key, but the
   * default policy still has it (https://github.com/awsdocs/iam-user-guide/issues/111). Both keys admit this account
   * alone, and a caller for whom a key is missing is not let in. A false event does no harm: the function asks SNS
   * whether the endpoint is dead.
   */
  #admitEvents(): void {
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'ApplicationEvents',
        principals: [new ServicePrincipal('sns.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    );
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'OwnAccount',
        principals: [new AnyPrincipal()],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: { StringEquals: { 'AWS:SourceOwner': Aws.ACCOUNT_ID } },
      }),
    );
  }
}
