import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { removeSyntheticLogin, setUpSyntheticLogin } from '../../provider/flows/operating/set-up-synthetic-login.ts';
import { wire } from './wiring.ts';

/**
 * Not an HTTP function: a custom resource of the deployment. Makes client, user and device of the synthetic login with
 * fresh secrets when it is switched on or its version changes, and removes them when it is switched off.
 */
const { ports, sendAnswer } = wire();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) throw new Error('only CloudFormation may call this function');
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    await (RequestType === 'Delete' ? removeSyntheticLogin(ports) : setUpSyntheticLogin(ports));
    return { ok: true, id: 'synthetic-login' };
  });
};
