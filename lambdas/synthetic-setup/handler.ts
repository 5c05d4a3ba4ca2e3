import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { removeSyntheticLogin, setUpSyntheticLogin } from '../../provider/flows/operating/set-up-synthetic-login.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: a custom resource of the deployment. It makes the client, the user and the device of the
 * synthetic login, with new secrets, when the synthetic login is switched on or its version changes. It removes them
 * when it is switched off.
 */
const { ports, sendAnswer } = wire();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) throw new Error('only CloudFormation may call this function');
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    await (RequestType === 'Delete' ? removeSyntheticLogin(ports) : setUpSyntheticLogin(ports));
    return { ok: true, id: 'synthetic-login' };
  });
};
