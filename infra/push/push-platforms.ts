import { CustomResource, Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { PLATFORMS, type Platform } from '../../provider/core/device/device.ts';
import { environmentOf } from '../functions/environment.ts';
import { deploymentFunctions } from '../functions/functions.ts';
import { ProviderFunction } from '../functions/provider-function.ts';
import { metricsNamespaceOf } from '../observability/metrics.ts';
import type { CibaProviderProps } from '../settings/provider-props.ts';

/** Platform applications in use. */
export type ApplicationArns = Readonly<Partial<Record<Platform, string>>>;

/** An application that the deployment makes from a secret. */
type Wanted = {
  readonly platform: Platform;
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  readonly bundleId: string | undefined;
  readonly credentialVersion: string;
};

/** The ARNs of all platform applications in use, made here or by others. They follow from the settings, so nothing waits for them. */
export function applicationArnsOf(scope: Construct, { apns, fcm }: CibaProviderProps): ApplicationArns {
  const own = wantedApplications(scope, { apns, fcm }).map(({ platform, arn }) => [platform, arn]);
  return {
    ...(apns?.applicationArn && { APNS: apns.applicationArn }),
    ...(apns?.sandboxApplicationArn && { APNS_SANDBOX: apns.sandboxApplicationArn }),
    ...(fcm?.applicationArn && { GCM: fcm.applicationArn }),
    ...Object.fromEntries(own),
  };
}

function wantedApplications(scope: Construct, { apns, fcm }: CibaProviderProps): readonly Wanted[] {
  const stack = Stack.of(scope);
  const wanted = (platform: Platform, from: { secretArn: string; credentialVersion?: string | undefined }): Wanted => ({
    platform,
    name: stack.stackName,
    arn: ownArn(scope, platform),
    secretArn: from.secretArn,
    bundleId: platform === 'GCM' ? undefined : apns?.bundleId,
    credentialVersion: from.credentialVersion ?? '1',
  });
  const { secretArn: apnsSecret } = apns ?? {};
  const { secretArn: fcmSecret } = fcm ?? {};
  return [
    ...(apnsSecret ? [wanted('APNS', { ...apns, secretArn: apnsSecret })] : []),
    ...(apnsSecret && apns?.sandbox ? [wanted('APNS_SANDBOX', { ...apns, secretArn: apnsSecret })] : []),
    ...(fcmSecret ? [wanted('GCM', { ...fcm, secretArn: fcmSecret })] : []),
  ];
}

/** SNS makes the ARN from the name, so it is known before the application is. */
function ownArn(scope: Construct, platform: Platform): string {
  const stack = Stack.of(scope);
  return stack.formatArn({ service: 'sns', resource: 'app', resourceName: `${platform}/${stack.stackName}` });
}

type PushPlatformsProps = { readonly settings: CibaProviderProps; readonly eventsTopic: ITopic };

/**
 * SNS platform applications, which CloudFormation has no resource for. The credential is read from its secret when the
 * resource is made or its `credentialVersion` changes; it is never in a template, a property or a log.
 */
export class PushPlatforms extends Construct {
  /** None when there is nothing to make. */
  readonly refresher: ProviderFunction | undefined;

  constructor(scope: Construct, id: string, { settings, eventsTopic }: PushPlatformsProps) {
    super(scope, id);
    const wanted = wantedApplications(this, settings);
    if (wanted.length === 0) return;
    this.refresher = this.#function(wanted, settings, eventsTopic);
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

  #function(wanted: readonly Wanted[], settings: CibaProviderProps, eventsTopic: ITopic): ProviderFunction {
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
