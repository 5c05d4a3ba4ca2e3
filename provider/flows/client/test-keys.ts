import type { KeysTestReport } from '../../core/client/keys-test.ts';
import type { RemoteKeySets } from '../ports.ts';
import type { Clients } from './ports.ts';

/** What this flow needs. */
export type TestKeysPorts = {
  readonly clients: Pick<Clients, 'findAnew'>;
  /** Without copies: each test fetches. */
  readonly remoteKeySets: RemoteKeySets;
};

/**
 * Fetches the keys of a client from its `jwks_uri`, as it is registered now. The caller names a client and never an
 * address, so only what is registered is called. Nothing is stored.
 */
export async function testKeys({ clients, remoteKeySets }: TestKeysPorts, clientId: string): Promise<KeysTestReport> {
  const client = await clients.findAnew(clientId);
  if (!client) return { outcome: 'no_client' };
  const jwks_uri = client.credential.jwksUri;
  if (jwks_uri === undefined) return { outcome: 'no_jwks_uri' };
  const found = await remoteKeySets.find(jwks_uri, { kid: undefined });
  if ('failure' in found) return { outcome: 'unavailable', jwks_uri, reason: found.failure };
  return { outcome: 'fetched', jwks_uri, keys: found.keys };
}
