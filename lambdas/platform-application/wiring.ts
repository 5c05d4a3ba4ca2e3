import { logOf } from '../../provider/adapters/composition.ts';
import { readPlatformApplications } from '../../provider/adapters/config.ts';
import { createPatientSns, createSecrets } from '../../provider/adapters/deployment-clients.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { PushSecrets } from '../../provider/adapters/secrets/push-secrets.ts';
import { SnsPlatformApplications } from '../../provider/adapters/sns/platform-applications.ts';
import type { PlatformApplicationPorts } from '../../provider/flows/device/apply-platform-application.ts';

/** Composes what platform-application runs with in an AWS account. */
export function wire() {
  const log = logOf('platform-application');
  const ports: PlatformApplicationPorts = {
    applications: readPlatformApplications(),
    secrets: new PushSecrets(createSecrets()),
    platforms: new SnsPlatformApplications(createPatientSns()),
  };
  const reason = 'push_credential_not_applied';
  const logFailure = (platform: string, detail: string): void =>
    log.request({
      route: `credential ${platform}`,
      status: 424,
      reason,
      detail,
      duration_ms: 0,
      correlation_id: platform,
    });
  return { ports, logFailure, sendAnswer: sendToCloudFormation };
}
