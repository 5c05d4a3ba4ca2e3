import { expect, it } from 'vitest';
import { testKeys } from '../../../provider/flows/client/test-keys.ts';
import { BANK, clientsIn } from '../world/clients.ts';
import { keyNamed, signaturesIn } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

const URI = 'https://bank.example/jwks.json';

/** A bank that publishes its keys, and another client that does not. */
function testingWorld() {
  const { journal } = startWorld();
  const bank = { ...BANK, credential: { method: 'private_key_jwt', algorithms: [], keys: [], jwksUri: URI } as const };
  const { clients, copy } = clientsIn(journal, [bank, { ...BANK, clientId: 'shop' }]);
  const { published, remoteKeySets } = signaturesIn(journal);
  return { journal, copy, published, test: (clientId: string) => testKeys({ clients, remoteKeySets }, clientId) };
}

it('tells the keys at the address that is registered now', async () => {
  const { test, published, journal } = testingWorld();
  published.set(URI, { keys: [keyNamed('key-1')] });
  expect(await test('bank')).toEqual({ outcome: 'fetched', jwks_uri: URI, keys: [keyNamed('key-1')] });
  expect(journal.calls).toEqual(['find client bank anew', `find keys at ${URI} for kid undefined`]);
});

it('tells why there are none', async () => {
  const { test, published } = testingWorld();
  published.set(URI, { failure: 'not_json' });
  expect(await test('bank')).toEqual({ outcome: 'unavailable', jwks_uri: URI, reason: 'not_json' });
});

it('calls nobody for an unknown client, or for one that publishes no keys', async () => {
  const { test, journal } = testingWorld();
  expect(await test('nobody')).toEqual({ outcome: 'no_client' });
  expect(await test('shop')).toEqual({ outcome: 'no_jwks_uri' });
  expect(journal.calls).toEqual(['find client nobody anew', 'find client shop anew']);
});
