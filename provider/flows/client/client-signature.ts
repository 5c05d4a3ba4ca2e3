import type { ClientKeys } from '../../core/client/client.ts';
import type { PublicJwk, SigningAlgorithm } from '../../core/keys/jwk.ts';
import { candidateKeys } from '../../core/keys/key-set.ts';
import type { FoundKeySet, JwsVerifier, RemoteKeySets, UnverifiedJws } from '../ports.ts';

/** What this step needs. */
export type ClientSignaturePorts = { readonly verifier: JwsVerifier; readonly remoteKeySets: RemoteKeySets };

/** What a client signed, and the key and the algorithm that verified it. */
export type SignedByClient = UnverifiedJws & { readonly key: PublicJwk; readonly algorithm: SigningAlgorithm };

/** No key of the client verifies it. `failure` says why there are no keys, if they could not be fetched. */
type NotVerified = { readonly failure: string | undefined };

/**
 * Returns what a client signed, if one of its keys verifies the signature under one of these algorithms. The algorithm
 * is registered; the header only says which one it is. A key in the header is never used.
 */
export async function verifyClientSignature(
  { verifier, remoteKeySets }: ClientSignaturePorts,
  jws: string,
  registered: ClientKeys & { readonly algorithms: readonly SigningAlgorithm[] },
): Promise<SignedByClient | NotVerified> {
  const decoded = verifier.decode(jws);
  const algorithm = registered.algorithms.find((known) => known === decoded?.header['alg']);
  if (!decoded || !algorithm) return { failure: undefined };
  const { kid } = decoded.header;
  const found = await keysOf(remoteKeySets, registered, kid);
  if ('failure' in found) return found;
  const candidates = candidateKeys(found.keys, { kid, algorithm });
  const verified = await Promise.all(candidates.map((key) => verifier.verifies(jws, key, algorithm)));
  const key = candidates[verified.indexOf(true)];
  return key ? { ...decoded, key, algorithm } : { failure: undefined };
}

async function keysOf(remoteKeySets: RemoteKeySets, { keys, jwksUri }: ClientKeys, kid: unknown): Promise<FoundKeySet> {
  return jwksUri === undefined ? { keys } : remoteKeySets.find(jwksUri, { kid });
}
