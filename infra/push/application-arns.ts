import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Platform } from '../../provider/core/device/device.ts';
import { deploymentNameOf } from '../deployment-name.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';

/** The ARNs of the SNS platform applications in use, by platform. */
export type ApplicationArns = Readonly<Partial<Record<Platform, string>>>;

/** A platform application that the deployment makes from a secret. */
export type WantedApplication = {
  readonly platform: Platform;
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  readonly bundleId: string | undefined;
  readonly credentialVersion: string;
};

/**
 * Returns the ARNs of all platform applications in use, made by this deployment or not. They follow from the settings,
 * so no resource has to wait for them.
 */
export function applicationArnsOf(scope: Construct, { apns, fcm }: ProviderSettings): ApplicationArns {
  const own = wantedApplications(scope, { apns, fcm }).map(({ platform, arn }) => [platform, arn]);
  return {
    ...(apns?.applicationArn && { APNS: apns.applicationArn }),
    ...(apns?.sandboxApplicationArn && { APNS_SANDBOX: apns.sandboxApplicationArn }),
    ...(fcm?.applicationArn && { GCM: fcm.applicationArn }),
    ...Object.fromEntries(own),
  };
}

/** Returns the applications that the deployment has to make. */
export function wantedApplications(scope: Construct, { apns, fcm }: ProviderSettings): readonly WantedApplication[] {
  const wanted = (
    platform: Platform,
    from: { secretArn: string; credentialVersion?: string | undefined },
  ): WantedApplication => ({
    platform,
    name: deploymentNameOf(scope),
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

/** Returns the ARN of an application of this deployment. SNS makes it from the name, so it is known in advance. */
export function ownArn(scope: Construct, platform: Platform): string {
  const resourceName = `${platform}/${deploymentNameOf(scope)}`;
  return Stack.of(scope).formatArn({ service: 'sns', resource: 'app', resourceName });
}
