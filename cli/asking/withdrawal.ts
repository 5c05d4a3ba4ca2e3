import type { Configuration } from 'openid-client';
import { authenticationOf, type Credential } from './credential.ts';

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
  const metadata = config?.serverMetadata();
  const endpoint = metadata?.[ENDPOINT];
  if (!config || !metadata || typeof endpoint !== 'string') return false;
  const body = new URLSearchParams({ auth_req_id: authReqId });
  const headers = new Headers();
  const answered = async () => {
    const authenticate = await authenticationOf(credential);
    await authenticate(metadata, config.clientMetadata(), body, headers);
    const signal = AbortSignal.timeout(PATIENCE_MILLISECONDS);
    return fetch(endpoint, { method: 'POST', headers, body, signal, redirect: 'error' });
  };
  return answered().then(
    ({ ok }) => ok,
    () => false,
  );
}
