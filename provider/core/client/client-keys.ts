import { PRIVATE_MEMBERS, parsePublicKey } from '../keys/public-key.ts';
import { ok, type Result, refuse } from '../result.ts';
import type { Whole } from '../whole.ts';
import type { Client, ClientCredential, ClientKeys } from './client.ts';
import type { KEY_METADATA } from './key-metadata.ts';
import type { ClientMetadata } from './metadata.ts';

/** What a client without keys is told: the things that it may send instead. */
const KEYS_EXPECTED =
  'a set with at least one public key, because private_key_jwt is the default and needs one (or send jwks_uri); for a client with a secret, send token_endpoint_auth_method client_secret_basic';
const wrong = (member: string, expected: string) => refuse({ reason: 'invalid_client_metadata', member, expected });

/** The members that a client with neither keys nor signed requests has not. */
type KeyUse = Pick<ClientMetadata, 'token_endpoint_auth_method' | 'backchannel_authentication_request_signing_alg'>;

/** Returns whether the client signs something: its assertions, because that is the default, or its requests. */
export function signsSomething(metadata: KeyUse): boolean {
  const { token_endpoint_auth_method: method = 'private_key_jwt' } = metadata;
  return method === 'private_key_jwt' || metadata.backchannel_authentication_request_signing_alg !== undefined;
}

/**
 * Returns the keys of a registration, or undefined for a client that signs nothing. A client has its keys in the
 * registration or at a URL, never both (RFC 7591 §2). One whose requests must be signed says with which algorithm.
 */
export function registerKeys(metadata: ClientMetadata): Result<ClientKeys | undefined> {
  const { jwks, jwks_uri: jwksUri } = metadata;
  if (jwks && jwksUri !== undefined) return wrong('jwks_uri', 'absent beside jwks');
  if (metadata.require_signed_request_object && !metadata.backchannel_authentication_request_signing_alg)
    return wrong(
      'require_signed_request_object',
      'absent or false without backchannel_authentication_request_signing_alg',
    );
  if (!signsSomething(metadata)) {
    const without = 'absent unless token_endpoint_auth_method is private_key_jwt or requests are signed';
    if (jwks) return wrong('jwks', without);
    return jwksUri === undefined ? ok(undefined) : wrong('jwks_uri', without);
  }
  return jwksUri === undefined ? registeredKeys(metadata) : ok({ keys: [], jwksUri });
}

function registeredKeys({ jwks, token_endpoint_auth_method: method }: ClientMetadata): Result<ClientKeys> {
  const keys = jwks?.keys ?? [];
  const isKeyed = method === undefined || method === 'private_key_jwt';
  if (keys.length === 0)
    return wrong(
      'jwks',
      isKeyed ? KEYS_EXPECTED : 'a set with at least one public key, or send jwks_uri: requests are signed',
    );
  if (keys.some((key) => PRIVATE_MEMBERS.some((member) => Object.hasOwn(key, member))))
    return wrong('jwks', 'public keys only');
  if (!keys.every((key) => parsePublicKey(key).ok))
    return wrong('jwks', 'RSA keys of 2048 to 4096 bits with e AQAB, or EC keys on P-256');
  return ok({ keys });
}

/** Returns the keys of a client, and what it signs with them, as a registration describes them. */
export function describeKeys(
  credential: ClientCredential,
  { requestAlgorithm, requiresSignedRequests }: Pick<Client, 'requestAlgorithm' | 'requiresSignedRequests'>,
): Whole<Pick<ClientMetadata, keyof typeof KEY_METADATA>> {
  const { keys = [], jwksUri } = credential;
  const [algorithm, ...others] = credential.method === 'private_key_jwt' ? credential.algorithms : [];
  return {
    jwks: keys.length > 0 ? { keys } : undefined,
    jwks_uri: jwksUri,
    token_endpoint_auth_signing_alg: others.length === 0 ? algorithm : undefined,
    backchannel_authentication_request_signing_alg: requestAlgorithm,
    require_signed_request_object: requiresSignedRequests,
  };
}
