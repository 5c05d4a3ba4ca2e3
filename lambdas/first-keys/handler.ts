import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { wire } from './wiring.ts';

/**
 * Not called over HTTP: a custom resource of the deployment. It lets `signing-keys` create missing keys before the
 * first request can arrive. If that fails, the deployment fails, so that a deployed stack can always sign.
 */
const { signingKeys, sendAnswer } = wire();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) throw new Error('only CloudFormation may call this function');
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    if (RequestType === 'Delete' || (await signingKeys.rotate('deployment'))) return { ok: true, id: 'first-keys' };
    return { ok: false, why: 'the function signing-keys could not make the signing keys; its log says why' };
  });
};
