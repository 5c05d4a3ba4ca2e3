import type { PublicJwk } from '../keys/jwk.ts';

/**
 * The order to fetch the keys that a client publishes, by its `client_id`. It is the whole event of a direct
 * invocation.
 */
export type KeysTestOrder = { readonly test_keys_of: string };

/**
 * What is at the `jwks_uri` of a client. It tells public keys and words of the provider's own, and nothing else of the
 * answer: so nobody reads another server's answers through the provider.
 */
export type KeysTestReport =
  /** There is no such client, or it publishes no keys. */
  | { readonly outcome: 'no_client' }
  | { readonly outcome: 'no_jwks_uri' }
  /** The keys that this provider can use. */
  | { readonly outcome: 'fetched'; readonly jwks_uri: string; readonly keys: readonly PublicJwk[] }
  /** `reason` is the word that the log has as `detail` for a client whose keys are needed. */
  | { readonly outcome: 'unavailable'; readonly jwks_uri: string; readonly reason: string };
