import type { Platform } from '../../core/device/device.ts';
import { parsePushCredential } from '../../core/device/push-credential.ts';

/** An SNS platform application, as the deployment wants it. The credential itself is only in the secret. */
export type PlatformApplication = {
  readonly platform: Platform;
  readonly name: string;
  readonly arn: string;
  readonly secretArn: string;
  /** APNs only. */
  readonly bundleId?: string | undefined;
  /** The topic on which SNS reports dead endpoints. */
  readonly eventsTopicArn: string;
};
/** What applying a platform application needs. */
export type PlatformApplicationPorts = {
  /** The wanted applications. */
  readonly applications: readonly PlatformApplication[];
  readonly secrets: {
    /** Returns the text of the secret. Undefined if it has no value yet, or if there is no such secret. */
    read(arn: string): Promise<string | undefined>;
  };
  readonly platforms: {
    /** Changes the application in place, or creates it. `refused`: Apple or Google does not accept the credential. */
    apply(
      application: PlatformApplication,
      attributes: Readonly<Record<string, string>>,
    ): Promise<'applied' | 'refused'>;
    /** Deletes the application with all its endpoints. All phones must then enrol again. */
    remove(arn: string): Promise<void>;
  };
};
/** The outcome, in words for the operator. */
export type Applied = { readonly ok: true; readonly arn: string } | { readonly ok: false; readonly why: string };

/** Makes one platform application match its secret. Safe to repeat. */
export async function applyPlatformApplication(ports: PlatformApplicationPorts, platform: string): Promise<Applied> {
  const application = ports.applications.find((one) => one.platform === platform);
  if (!application) return { ok: false, why: `no platform application ${platform} is configured` };
  const { secretArn } = application;
  const secret = await ports.secrets.read(secretArn);
  if (secret === undefined)
    return { ok: false, why: `the secret ${secretArn} has no value: store the credential in it` };
  const credential = parsePushCredential(secret, application);
  if (!credential.ok) return { ok: false, why: `the secret ${secretArn} needs ${credential.expected}` };
  const outcome = await ports.platforms.apply(application, credential.attributes);
  if (outcome === 'applied') return { ok: true, arn: application.arn };
  return {
    ok: false,
    why: `SNS refused the credential in ${secretArn} for ${platform}: is it revoked, or another app's?`,
  };
}

/** Returns the ARN that a configured application has or will have. It follows from the settings. */
export function arnOfApplication(ports: PlatformApplicationPorts, platform: string): string {
  return ports.applications.find((one) => one.platform === platform)?.arn ?? `unknown-${platform}`;
}

/** Applies the configured applications again after a secret has changed: all of them, or those of some platforms. */
export async function refreshPlatformApplications(
  ports: PlatformApplicationPorts,
  platforms: readonly Platform[] = ports.applications.map(({ platform }) => platform),
): Promise<Readonly<Record<string, Applied>>> {
  const outcomes: Record<string, Applied> = {};
  for (const platform of platforms) outcomes[platform] = await applyPlatformApplication(ports, platform);
  return outcomes;
}
