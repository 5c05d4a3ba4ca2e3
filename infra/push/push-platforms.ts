import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { PLATFORMS } from '../../provider/core/device/device.ts';
import type { Deployment } from '../deployment.ts';
import { deploymentFunctions } from '../functions/deployed-functions.ts';
import { environmentOf } from '../functions/environment.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { addPushAlarms } from '../observability/alarms/pushes.ts';
import { metricsNamespaceOf } from '../observability/metrics.ts';
import { addOutputs, listed } from '../outputs.ts';
import type { CibaProviderProps } from '../settings/provider-props.ts';
import { ownArn, type WantedApplication, wantedApplications } from './application-arns.ts';

type PushPlatformsProps = Pick<Deployment, 'settings' | 'applicationArns' | 'alarms'> & {
  readonly eventsTopic: ITopic;
};

/**
 * SNS platform applications, which CloudFormation has no resource for. The credential is read from its secret when the
 * resource is made or its `credentialVersion` changes; it is never in a template, a property or a log.
 */
export class PushPlatforms extends Construct {
  /** None when there is nothing to make. */
  readonly refresher: ProviderFunction | undefined;

  constructor(scope: Construct, id: string, { settings, applicationArns, alarms, eventsTopic }: PushPlatformsProps) {
    super(scope, id);
    addPushAlarms(alarms, applicationArns);
    addOutputs(this, { PushApplications: listed(Object.values(applicationArns)) });
    const wanted = wantedApplications(this, settings);
    if (wanted.length === 0) return;
    this.refresher = this.#function(wanted, settings, eventsTopic);
    addOutputs(this, { PlatformApplicationFunction: this.refresher.lambda.functionArn });
    for (const { platform, secretArn, bundleId, credentialVersion } of wanted) {
      const application = new CustomResource(this, platform, {
        resourceType: 'Custom::SnsPlatformApplication',
        serviceToken: this.refresher.lambda.functionArn,
        serviceTimeout: Duration.minutes(5),
        properties: {
          platform,
          secretArn,
          bundleId,
          credentialVersion,
          removeApplication: String(settings.removeApplications ?? false),
        },
      });
      // Its permissions are a resource of their own, and CloudFormation would not wait for them.
      application.node.addDependency(this.refresher.role);
    }
  }

  #function(wanted: readonly WantedApplication[], settings: CibaProviderProps, eventsTopic: ITopic): ProviderFunction {
    const spec = deploymentFunctions['platform-application'];
    const applications = wanted.map(({ credentialVersion: _, ...one }) => ({
      ...one,
      eventsTopicArn: eventsTopic.topicArn,
    }));
    const created = Stack.of(this).formatArn({ service: 'sns', resource: 'app', resourceName: '*' });
    return new ProviderFunction(this, {
      name: 'platform-application',
      openArns: 'An application has no ARN of its own before it is made.',
      spec,
      settings,
      environment: environmentOf(spec, {
        PLATFORM_APPLICATIONS: Stack.of(this).toJsonString(applications),
        METRICS_NAMESPACE: metricsNamespaceOf(this),
      }),
      statements: [
        new PolicyStatement({
          actions: ['secretsmanager:GetSecretValue'],
          resources: [...new Set(wanted.map(({ secretArn }) => secretArn))],
        }),
        // SNS checks the creation against a resource without the application's name.
        new PolicyStatement({ actions: ['sns:CreatePlatformApplication'], resources: [created] }),
        // All of our own names, so that an application that leaves the settings can still be deleted.
        new PolicyStatement({
          actions: [
            'sns:SetPlatformApplicationAttributes',
            ...(settings.removeApplications ? ['sns:DeletePlatformApplication'] : []),
          ],
          resources: PLATFORMS.map((platform) => ownArn(this, platform)),
        }),
      ],
    });
  }
}
