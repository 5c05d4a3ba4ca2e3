import { wireSyntheticSetUp } from './adapters/wiring.ts';
import { removeSyntheticLogin, setUpSyntheticLogin } from './flows/set-up-synthetic-login.ts';
import { answerCustomResource, isCustomResourceRequest } from './http/custom-resource.ts';

/**
 * Not an HTTP function: a custom resource of the deployment. Makes client, user and device of the synthetic login with
 * fresh secrets when it is switched on or its version changes, and removes them when it is switched off.
 */
const { ports, sendAnswer } = wireSyntheticSetUp();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) throw new Error('only CloudFormation may call this function');
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    await (RequestType === 'Delete' ? removeSyntheticLogin(ports) : setUpSyntheticLogin(ports));
    return { ok: true, id: 'synthetic-login' };
  });
};
