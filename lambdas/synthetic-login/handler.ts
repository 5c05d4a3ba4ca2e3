import {
  answerCustomResource,
  isCustomResourceRequest,
  versionsOf,
} from '../../provider/edge/custom-resource/custom-resource.ts';
import { logInSynthetically, SyntheticLoginError } from '../../provider/flows/operating/log-in-synthetically.ts';
import { testDeployment } from '../../provider/flows/operating/test-deployment.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: run by a schedule, and by each deployment as its smoke test. It logs in at the public address
 * as a client and a phone would. If a scheduled login fails, the function throws, which raises an alarm. If a smoke
 * test fails, the deployment is rolled back. A smoke test logs in again, for up to four
 * minutes, while it gets answers that are not the provider's or that may change soon.
 */
const { ports, sendAnswer } = wire();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) return logInSynthetically(ports);
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    if (RequestType === 'Delete') return { ok: true, id: 'smoke-test' };
    return testDeployment(ports, versionsOf(event)).then(
      () => ({ ok: true, id: 'smoke-test' }),
      (error: unknown) => {
        if (!(error instanceof SyntheticLoginError)) throw error;
        return { ok: false, why: `the smoke test failed: ${error.message}` };
      },
    );
  });
};
