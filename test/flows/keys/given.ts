import type { DeliveryKey } from '../../../provider/core/keys/delivery-key.ts';
import type { SigningAlgorithm } from '../../../provider/core/keys/jwk.ts';
import { type SigningKey, signerOf } from '../../../provider/core/keys/signing-key.ts';
import type {
  DeliveryKeyMaker,
  DeliveryKeyStore,
  KeyMaker,
  SigningKeyStore,
} from '../../../provider/flows/keys/ports.ts';
import { rotateDeliveryKeys } from '../../../provider/flows/keys/rotate-delivery-keys.ts';
import { revokeKey, rotateKeys } from '../../../provider/flows/keys/rotate-keys.ts';
import { NOW } from '../../core/given.ts';
import { keyNamed } from '../world/signatures.ts';
import { startWorld } from '../world/world.ts';

export const DAY = 86_400;

/** A key of RS256 unless it says otherwise; as old as is usual for its state. */
export const keyIn = (state: SigningKey['state'], kid: string, different: Partial<SigningKey> = {}): SigningKey => ({
  kid,
  algorithm: 'RS256',
  generation: state === 'next' ? 2 : 1,
  state,
  publicKey: keyNamed(kid),
  createdAt: NOW - 10 * DAY,
  ...(state === 'active' && { activeFrom: NOW - 10 * DAY }),
  ...different,
});

/** Keys that need nothing for now, of all algorithms but RS256. */
const OTHERS = (['PS256', 'ES256'] as const).flatMap((algorithm) => [
  keyIn('active', `${algorithm} active`, { algorithm }),
  keyIn('next', `${algorithm} next`, { algorithm }),
]);

/** The signing keys of RS256; those of the other algorithms need nothing, unless all are given. */
export function keysWorld(given: readonly SigningKey[], others: readonly SigningKey[] = OTHERS) {
  const world = startWorld();
  const { journal } = world;
  const stored = new Map([...given, ...others].map((key) => [key.kid, key]));
  /** Public halves of which the private half is there. */
  const privateHalves = new Set([...stored.values()].filter(({ state }) => state !== 'gone').map(({ kid }) => kid));
  const listOf = (algorithm: SigningAlgorithm) => [...stored.values()].filter((key) => key.algorithm === algorithm);
  const move = (key: SigningKey, from: SigningKey['state'], change: Partial<SigningKey>) => {
    const there = stored.get(key.kid);
    if (there?.state !== from) return false;
    stored.set(key.kid, { ...there, ...change });
    return true;
  };
  const keys: SigningKeyStore = journal.port({
    list: async (algorithm) => {
      journal.begin(`list ${algorithm}`);
      return listOf(algorithm);
    },
    create: async (key) => {
      journal.begin(`create ${key.kid} as ${key.state} ${key.generation}`);
      if (listOf(key.algorithm).some(({ generation }) => generation === key.generation)) return false;
      stored.set(key.kid, key);
      privateHalves.add(key.kid);
      return true;
    },
    activate: async (key, activeFrom) => {
      journal.begin(`activate ${key.kid}`);
      return move(key, 'next', { state: 'active', activeFrom });
    },
    retire: async (key, goneAt) => {
      journal.begin(`retire ${key.kid}`);
      return move(key, 'active', { state: 'retiring', goneAt });
    },
    remove: async (key) => {
      journal.begin(`remove ${key.kid}`);
      privateHalves.delete(key.kid);
      return move(key, 'retiring', { state: 'gone' });
    },
    revoke: async ({ kid }, now) => {
      journal.begin(`revoke ${kid}`);
      const there = stored.get(kid);
      if (!there || (there.state === 'revoked' && !privateHalves.has(kid))) return false;
      stored.set(kid, { ...there, state: 'revoked', goneAt: now });
      privateHalves.delete(kid);
      return true;
    },
    deletePublicHalf: async ({ kid }) => {
      journal.begin(`delete ${kid}`);
      return stored.delete(kid);
    },
  });
  const maker: KeyMaker = journal.port({
    make: async (algorithm, kid) => {
      journal.begin(`make ${algorithm} ${kid}`);
      return { publicKey: keyNamed(kid), privateKey: { kid, ciphertext: new Uint8Array() } };
    },
  });
  const ports = { ...world.ports, keys, maker };
  const rotate = (force = false) => rotateKeys(ports, { force, by: 'schedule' });
  const revoke = (kid: string) => revokeKey(ports, { kid, by: 'operator' });
  const stateOf = (kid: string) => stored.get(kid)?.state;
  const signer = () => signerOf(listOf('RS256'))?.kid;
  return { ...world, stored, privateHalves, rotate, revoke, stateOf, signer };
}

/** The delivery keys. */
export function deliveryKeysWorld(given: readonly DeliveryKey[] = []) {
  const world = startWorld();
  const { journal } = world;
  const stored = new Map(given.map((key) => [key.generation, key]));
  const deliveryKeys: DeliveryKeyStore = journal.port({
    list: async () => {
      journal.begin('list');
      return [...stored.values()];
    },
    create: async (key) => {
      journal.begin(`create ${key.kid} as ${key.generation}`);
      if (stored.has(key.generation)) return false;
      stored.set(key.generation, key);
      return true;
    },
    remove: async ({ generation }) => {
      journal.begin(`remove ${generation}`);
      return stored.delete(generation);
    },
  });
  const deliveryKeyMaker: DeliveryKeyMaker = journal.port({
    makeDeliveryKey: async (kid) => {
      journal.begin(`make ${kid}`);
      return Buffer.from(`encrypted ${kid}`);
    },
  });
  const ports = { ...world.ports, deliveryKeys, deliveryKeyMaker };
  return { ...world, stored, rotate: () => rotateDeliveryKeys(ports, { by: 'schedule' }) };
}

/** A delivery key of some age. */
export const deliveryKeyAt = (generation: number, createdAt: number): DeliveryKey => ({
  kid: `key-${generation}`,
  generation,
  ciphertext: Buffer.from('encrypted'),
  createdAt,
});
