import { answerCustomResource, isCustomResourceRequest } from '../../provider/edge/custom-resource/custom-resource.ts';
import { wire } from './wiring.ts';

/**
 * Not an HTTP function: a custom resource of the deployment. Has `signing-keys` create what is missing before the first
 * request can arrive, and fails the deployment when it can't, so that a stack that is up can sign.
 */
const { signingKeys, sendAnswer } = wire();

export const handler = async (event: unknown): Promise<void> => {
  if (!isCustomResourceRequest(event)) throw new Error('only CloudFormation may call this function');
  await answerCustomResource(event, sendAnswer, async ({ RequestType }) => {
    if (RequestType === 'Delete' || (await signingKeys.rotate('deployment'))) return { ok: true, id: 'first-keys' };
    return { ok: false, why: 'the function signing-keys could not make the signing keys; its log says why' };
  });
};
