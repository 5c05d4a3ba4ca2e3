import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** The tokens of a login, and who gave them to whom. */
type Issued = {
  /** Undefined if the user granted no `openid`. */
  readonly idToken: string | undefined;
  readonly accessToken: string;
  readonly jwksUri: string;
  readonly issuer: string;
  readonly clientId: string;
  /** In push mode: the request that they answer. */
  readonly authReqId?: string | undefined;
};
type Verified = Awaited<ReturnType<typeof jwtVerify>>;

const AUTH_REQ_ID_CLAIM = 'urn:openid:params:jwt:claim:auth_req_id';

/**
 * Verifies the tokens with the published keys: signatures, issuer, audience, expiry, that both name one user, and that
 * they belong together and, in push mode, to the request (CIBA §10.3.1). Throws with a sentence.
 */
export async function checkTokens(issued: Issued): Promise<{ idToken: Verified | undefined; accessToken: Verified }> {
  const { issuer, clientId } = issued;
  const keys = createRemoteJWKSet(new URL(issued.jwksUri));
  const idToken = issued.idToken ? await jwtVerify(issued.idToken, keys, { issuer, audience: clientId }) : undefined;
  const accessToken = await jwtVerify(issued.accessToken, keys, { issuer });
  if (!['at+jwt', 'JWT'].includes(String(accessToken.protectedHeader.typ)))
    throw new Error('the access token has the type of another JWT');
  if (accessToken.payload['client_id'] !== clientId || 'at_hash' in accessToken.payload)
    throw new Error('the access token is not one of this client');
  if (!accessToken.payload.aud || accessToken.payload.aud === clientId)
    throw new Error('the audience of the access token is not an API');
  const { authReqId } = issued;
  if (!idToken) return { idToken, accessToken };
  if (authReqId !== undefined && idToken.payload[AUTH_REQ_ID_CLAIM] !== authReqId)
    throw new Error('the ID token names another request');
  if (idToken.payload.sub !== accessToken.payload.sub) throw new Error('the tokens name different users');
  const leftHalf = createHash('sha256').update(issued.accessToken).digest().subarray(0, 16).toString('base64url');
  if (idToken.payload['at_hash'] !== leftHalf) throw new Error('at_hash does not belong to this access token');
  return { idToken, accessToken };
}
