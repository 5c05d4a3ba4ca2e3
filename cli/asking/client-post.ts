import type { Configuration } from 'openid-client';
import { authenticationOf, type Credential } from './credential.ts';

/** Where a client posts, how it proves who it is, and for how long it waits. */
type Call = {
  readonly config: Configuration;
  readonly credential: Credential;
  readonly endpoint: string;
  readonly signal?: AbortSignal;
};

/** Posts a form as the client, to an endpoint that openid-client does not know: an extension of this provider. */
export async function postAsClient(
  { config, credential, endpoint, signal }: Call,
  form: Readonly<Record<string, string>>,
): Promise<Response> {
  const body = new URLSearchParams(form);
  const headers = new Headers();
  const authenticate = await authenticationOf(credential);
  await authenticate(config.serverMetadata(), config.clientMetadata(), body, headers);
  return fetch(endpoint, { method: 'POST', headers, body, redirect: 'error', ...(signal && { signal }) });
}
