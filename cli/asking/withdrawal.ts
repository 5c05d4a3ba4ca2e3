import type { Configuration } from 'openid-client';
import { postAsClient } from './client-post.ts';
import type { Credential } from './credential.ts';

/** The member of discovery that says where a client withdraws its request: an extension (docs/withdrawal.md). */
const ENDPOINT = 'backchannel_authentication_withdrawal_endpoint';
/** How long somebody who pressed Ctrl-C waits for it. */
const PATIENCE_MILLISECONDS = 5000;

/** Withdraws a request as the client that asked. Returns whether the provider says so, and never throws. */
export async function withdraw(
  config: Configuration | undefined,
  credential: Credential,
  authReqId: string,
): Promise<boolean> {
  const endpoint = config?.serverMetadata()[ENDPOINT];
  if (!config || typeof endpoint !== 'string') return false;
  const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
  return postAsClient({ config, credential, endpoint, signal }, { auth_req_id: authReqId }).then(
    ({ ok }) => ok,
    () => false,
  );
}
