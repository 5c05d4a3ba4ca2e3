import { randomBytes } from 'node:crypto';
import { CIBA_GRANT } from '../../provider/core/token/grant-types.ts';
import { authenticationOf, type Credential } from '../asking/credential.ts';
import { ObservedCalls } from '../asking/observed-calls.ts';
import { Refused } from '../command-line/failure.ts';
import type { Deployment } from '../deployment/deployment.ts';
import { noAnswer } from '../deployment/provider-answer.ts';

/** Returns what the provider says to a client with this credential that asks for the tokens of an unknown request. */
export async function credentialError(
  deployment: Deployment,
  clientId: string,
  credential: Credential,
): Promise<{ error: string; description?: string | undefined }> {
  const openid = await import('openid-client');
  const calls = new ObservedCalls(() => undefined);
  const execute = deployment.isLocal ? [openid.allowInsecureRequests] : [];
  const options = { [openid.customFetch]: calls.fetch, execute };
  const authentication = await authenticationOf(credential);
  try {
    const config = await openid.discovery(new URL(`${deployment.origin}/`), clientId, {}, authentication, options);
    await openid.genericGrantRequest(config, CIBA_GRANT, { auth_req_id: randomBytes(32).toString('base64url') });
  } catch (error) {
    if (calls.lastError === undefined) throw noAnswer(error, deployment);
    return calls.lastError;
  }
  throw new Refused('The provider gave tokens for a request that nobody made.', 'Check --url: this is no provider.');
}
