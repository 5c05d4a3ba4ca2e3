import { clock, wait } from '../../provider/adapters/clock.ts';
import { CodeDeploy } from '../../provider/adapters/code-deploy/code-deploy.ts';
import { readSyntheticSecret, readVersionTest } from '../../provider/adapters/config.ts';
import { createSecrets } from '../../provider/adapters/deployment-clients.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { verifiesIdToken } from '../../provider/adapters/jose/id-token-verifier.ts';
import { signAsDevice } from '../../provider/adapters/jose/synthetic-device.ts';
import { createVersionCalls } from '../../provider/adapters/lambda/version-call.ts';
import { SyntheticSecrets } from '../../provider/adapters/secrets/synthetic-secrets.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import type { ReportStatus } from '../../provider/edge/code-deploy/lifecycle-event.ts';
import type { VersionTestPorts } from '../../provider/flows/operating/test-deployment.ts';

/** Composes what before-traffic runs with in an AWS account. */
export function wire(): { ports: VersionTestPorts; report: ReportStatus } {
  const { functions, codeDeploy: where, lambda } = readVersionTest();
  const secrets = createSecrets();
  const codeDeploy = new CodeDeploy(secrets, where);
  const ports = {
    issuer: readSettings().issuer,
    secret: new SyntheticSecrets(secrets, readSyntheticSecret()),
    readShift: (deploymentId: string) => codeDeploy.readShift(deploymentId),
    ...createVersionCalls(secrets, { functions, ...lambda }),
    sign: signAsDevice,
    verifies: verifiesIdToken,
    wait,
    entropy,
    clock,
  };
  return { ports, report: (hook, status) => codeDeploy.report(hook, status) };
}
