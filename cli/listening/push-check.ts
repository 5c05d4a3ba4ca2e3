import * as v from 'valibot';
import { PATHS } from '../../provider/core/discovery/provider-metadata.ts';
import type { Deployment } from '../deployment/deployment.ts';
import type { Received } from './listener.ts';

/** Whether pushed tokens can be believed: for which client they are, or why not. */
export type PushCheck =
  | { readonly holds: true; readonly client_id: string }
  | { readonly holds: false; readonly why: string };

const pushedTokens = v.object({ access_token: v.string(), id_token: v.string() });

/**
 * Checks pushed tokens as a client must (CIBA §10.3.1): signatures, issuer, expiry, `at_hash`, and that the ID token
 * names the request. Which client they are for is read in the ID token, because this endpoint serves any client.
 */
export async function checkPush(
  deployment: Deployment,
  { pushed, authReqId }: Received,
): Promise<PushCheck | undefined> {
  if (!pushed || 'error' in pushed) return undefined;
  const tokens = v.safeParse(pushedTokens, pushed);
  if (!tokens.success) return { holds: false, why: 'an ID token or an access token is missing' };
  const { id_token: idToken, access_token: accessToken } = tokens.output;
  const { checkTokens } = await import('../../local/demo/token-check.ts');
  const { decodeJwt } = await import('jose');
  try {
    const { aud: clientId } = decodeJwt(idToken);
    if (typeof clientId !== 'string') return { holds: false, why: 'aud of the ID token names no single client' };
    const [issuer, jwksUri] = [`${deployment.origin}/`, `${deployment.origin}${PATHS.jwks}`];
    await checkTokens({ idToken, accessToken, issuer, jwksUri, clientId, authReqId });
    return { holds: true, client_id: clientId };
  } catch (error) {
    return { holds: false, why: error instanceof Error ? error.message : String(error) };
  }
}
