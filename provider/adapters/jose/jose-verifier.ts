import { compactVerify, decodeJwt, decodeProtectedHeader, importJWK, type JWK } from 'jose';
import { JOSEError } from 'jose/errors';
import { sha256 } from '../../core/digest.ts';
import type { PublicJwk, SigningAlgorithm } from '../../core/keys/jwk.ts';
import type { JwsVerifier, UnverifiedJws } from '../../flows/ports.ts';

/** Longest accepted JWS in characters. An enrolment with an RSA-4096 key and a long push token fits. */
const JWS_LIMIT = 8192;

/** Verifies signatures of clients and phones with jose. */
export const joseVerifier: JwsVerifier = {
  decode(jws: string): UnverifiedJws | undefined {
    if (jws.length > JWS_LIMIT || jws.split('.').length !== 3) return undefined;
    try {
      const header = decodeProtectedHeader(jws);
      const isPlain = header.crit === undefined && header['b64'] === undefined;
      return isPlain ? { header, claims: decodeJwt(jws) } : undefined;
    } catch {
      return undefined;
    }
  },

  async verifies(jws: string, key: PublicJwk, algorithm: SigningAlgorithm): Promise<boolean> {
    try {
      await compactVerify(jws, await importJWK(asJwk(key), algorithm), { algorithms: [algorithm] });
      return true;
    } catch (error) {
      // A key of another kind, or one that is not a point on the curve, verifies nothing. It is not a fault of the
      // provider.
      if (error instanceof JOSEError || error instanceof TypeError || error instanceof DOMException) return false;
      throw error;
    }
  },

  // The members and their order are those of RFC 7638 §3.2.
  thumbprint: async ({ kty, crv, x, y, n, e }: PublicJwk) =>
    sha256(JSON.stringify(kty === 'EC' ? { crv, kty, x, y } : { e, kty, n })),
};

function asJwk(key: PublicJwk): JWK {
  const { kty, crv, x, y, n, e } = key;
  return Object.fromEntries(Object.entries({ kty, crv, x, y, n, e }).filter(([, value]) => value !== undefined)) as JWK;
}
