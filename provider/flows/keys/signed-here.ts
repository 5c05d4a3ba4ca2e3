import { SIGNING_ALGORITHMS } from '../../core/keys/jwk.ts';
import type { JwsVerifier, UnverifiedJws } from '../ports.ts';
import type { VerificationKeys } from './ports.ts';

/**
 * Returns whether a key of the provider made the signature, under the algorithm of that key. Of the header, only `alg`
 * and `kid` are read, to find the key.
 */
export async function isSignedHere(
  { verifier, keys }: { readonly verifier: JwsVerifier; readonly keys: VerificationKeys },
  presented: string,
  { header: { alg, kid } }: UnverifiedJws,
): Promise<boolean> {
  const algorithm = SIGNING_ALGORITHMS.find((known) => known === alg);
  if (!algorithm || typeof kid !== 'string') return false;
  const key = await keys.find({ kid, algorithm });
  return key !== undefined && verifier.verifies(presented, key, algorithm);
}
