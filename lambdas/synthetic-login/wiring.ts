import { clock, wait } from '../../provider/adapters/clock.ts';
import { readSyntheticSecret } from '../../provider/adapters/config.ts';
import { createSecrets } from '../../provider/adapters/deployment-clients.ts';
import { entropy } from '../../provider/adapters/entropy.ts';
import { sendToCloudFormation } from '../../provider/adapters/https/cloudformation-answer.ts';
import { callProvider } from '../../provider/adapters/https/provider-call.ts';
import { verifiesIdToken } from '../../provider/adapters/jose/id-token-verifier.ts';
import { signAsDevice } from '../../provider/adapters/jose/synthetic-device.ts';
import { SyntheticSecrets } from '../../provider/adapters/secrets/synthetic-secrets.ts';
import { readSettings } from '../../provider/adapters/settings.ts';
import type { SyntheticLoginPorts } from '../../provider/flows/operating/log-in-synthetically.ts';

/** Composes what synthetic-login runs with in an AWS account. */
export function wire(): { ports: SyntheticLoginPorts; sendAnswer: typeof sendToCloudFormation } {
  const ports = {
    issuer: readSettings().issuer,
    secret: new SyntheticSecrets(createSecrets(), readSyntheticSecret()),
    call: callProvider,
    sign: signAsDevice,
    verifies: verifiesIdToken,
    wait,
    entropy,
    clock,
  };
  return { ports, sendAnswer: sendToCloudFormation };
}
