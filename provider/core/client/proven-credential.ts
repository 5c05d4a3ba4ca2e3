import type { PublicJwk, SigningAlgorithm } from '../keys/jwk.ts';
import { sameKey } from '../keys/public-key.ts';
import type { Client } from './client.ts';
import { judgeSecret, secretsOf } from './secrets.ts';

/** The credential with which a client authenticated one call: the hash of its secret, or the key that verified. */
export type ProvenCredential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secretHash: string }
  | { readonly method: 'private_key_jwt'; readonly key: PublicJwk; readonly algorithm: SigningAlgorithm };

/**
 * Returns whether a credential that authenticated a call still authenticates the client, as the client is stored now. A
 * warm function may have accepted it against a copy. A secret that ended, a key that was taken out, and a method or
 * algorithm that the client no longer uses do not stand.
 */
export function credentialStands(client: Client, credential: ProvenCredential, now: number): boolean {
  const { credential: registered } = client;
  if (registered.method !== credential.method) return false;
  if (credential.method !== 'private_key_jwt')
    return judgeSecret(credential.secretHash, secretsOf(registered), now).state === 'works';
  if (registered.method !== 'private_key_jwt') return false;
  const { key: proven, algorithm } = credential;
  const isRegistered = (key: PublicJwk) => sameKey(key, proven) && (key.alg === undefined || key.alg === algorithm);
  return registered.algorithms.includes(algorithm) && registered.keys.some(isRegistered);
}
