import type { PublicJwk, SigningAlgorithm } from '../keys/jwk.ts';
import { sameKey } from '../keys/public-key.ts';
import { type Client, mayAuthenticateBy } from './client.ts';
import { judgeSecret, secretsOf } from './secrets.ts';

/** The credential with which a client authenticated one call: the hash of its secret, or the key that verified. */
export type ProvenCredential =
  | { readonly method: 'client_secret_basic' | 'client_secret_post'; readonly secretHash: string }
  | {
      readonly method: 'private_key_jwt';
      readonly key: PublicJwk;
      readonly algorithm: SigningAlgorithm;
      /** Where the key was found, if the client publishes its keys. */
      readonly jwksUri?: string | undefined;
    };

/**
 * Returns whether a credential that authenticated a call still authenticates the client, as the client is stored now. A
 * warm function may have accepted it against a copy. A secret that ended, a key that was taken out, and a method or
 * algorithm that the client no longer uses do not stand. A key that was found at the client's `jwks_uri` stands as long
 * as the client has the same address: who took it out of the set did so at the client.
 */
export function credentialStands(client: Client, credential: ProvenCredential, now: number): boolean {
  const { credential: registered } = client;
  if (!mayAuthenticateBy(client, credential.method)) return false;
  if (credential.method !== 'private_key_jwt')
    return judgeSecret(credential.secretHash, secretsOf(registered), now).state === 'works';
  if (registered.method !== 'private_key_jwt') return false;
  const { key: proven, algorithm, jwksUri } = credential;
  if (!registered.algorithms.includes(algorithm) || registered.jwksUri !== jwksUri) return false;
  const isRegistered = (key: PublicJwk) => sameKey(key, proven) && (key.alg === undefined || key.alg === algorithm);
  return jwksUri !== undefined || registered.keys.some(isRegistered);
}
