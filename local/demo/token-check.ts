import { createHash } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';

/** The tokens of a login, and who gave them to whom. */
type Issued = {
  readonly idToken: string;
  readonly accessToken: string;
  readonly jwksUri: string;
  readonly issuer: string;
  readonly clientId: string;
};
type Verified = Awaited<ReturnType<typeof jwtVerify>>;

/**
 * Verifies both tokens with the published keys: signatures, issuer, audience, expiry, that both name one user, and that
 * they belong together. Throws with a sentence.
 */
export async function checkTokens(issued: Issued): Promise<{ idToken: Verified; accessToken: Verified }> {
  const { issuer, clientId } = issued;
  const keys = createRemoteJWKSet(new URL(issued.jwksUri));
  const idToken = await jwtVerify(issued.idToken, keys, { issuer, audience: clientId });
  const accessToken = await jwtVerify(issued.accessToken, keys, { issuer, typ: 'at+jwt' });
  if (!accessToken.payload.aud || accessToken.payload.aud === clientId)
    throw new Error('the audience of the access token is not an API');
  if (idToken.payload.sub !== accessToken.payload.sub) throw new Error('the tokens name different users');
  const leftHalf = createHash('sha256').update(issued.accessToken).digest().subarray(0, 16).toString('base64url');
  if (idToken.payload['at_hash'] !== leftHalf) throw new Error('at_hash does not belong to this access token');
  return { idToken, accessToken };
}
