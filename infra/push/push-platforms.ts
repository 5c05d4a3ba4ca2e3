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
import { addOutputs, joinArns } from '../outputs.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';
import { ownArn, type WantedApplication, wantedApplications } from './application-arns.ts';
import { warnOfPushRegion } from './push-regions.ts';

type PushPlatformsProps = Pick<Deployment, 'settings' | 'applicationArns' | 'alarms'> & {
  readonly eventsTopic: ITopic;
};

/**
 * SNS platform applications, for which CloudFormation has no resource type. The function reads the credential from its
 * secret when the resource is made or its `credentialVersion` changes. The credential is never in a template, a
 * property or a log.
 */
export class PushPlatforms extends Construct {
  /** The function that makes and refreshes the applications. Undefined when there are none to make. */
  readonly refresher: ProviderFunction | undefined;

  constructor(scope: Construct, id: string, { settings, applicationArns, alarms, eventsTopic }: PushPlatformsProps) {
    super(scope, id);
    addPushAlarms(alarms, applicationArns);
    addOutputs(this, { PushApplications: joinArns(Object.values(applicationArns)) });
    if (Object.keys(applicationArns).length > 0) warnOfPushRegion(this);
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
      // Permissions are a separate resource, which CloudFormation would not wait for.
      application.node.addDependency(this.refresher.role);
    }
  }

  #function(wanted: readonly WantedApplication[], settings: ProviderSettings, eventsTopic: ITopic): ProviderFunction {
    const spec = deploymentFunctions['platform-application'];
    const applications = wanted.map(({ credentialVersion: _, ...one }) => ({
      ...one,
      eventsTopicArn: eventsTopic.topicArn,
    }));
    const created = Stack.of(this).formatArn({ service: 'sns', resource: 'app', resourceName: '*' });
    return new ProviderFunction(this, {
      name: 'platform-application',
      wildcardReason: 'SNS authorises the creation of an application against an ARN without its name.',
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
        // SNS authorises the creation against a resource without the application's name.
        new PolicyStatement({ actions: ['sns:CreatePlatformApplication'], resources: [created] }),
        // The names for all platforms, so that an application can still be deleted after it was removed from the
        // settings.
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
