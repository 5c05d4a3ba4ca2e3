import type { EncryptedPrivateKey, SigningKey } from '../../../core/keys/signing-key.ts';
import type { SnakeCase } from '../../../core/snake-case.ts';
import type { Nothing, Whole } from '../../../core/whole.ts';
import type { Key, Stored } from '../items.ts';

// The stored form of signing keys in Directory: two items under different partition keys, so that roles can be allowed
// one without the other.

/** The public half: every member of a signing key under its own name. */
export type PublicHalfForm = { readonly [Member in keyof SigningKey as SnakeCase<Member>]: SigningKey[Member] };
/** The private half, encrypted by KMS. */
export type PrivateHalfForm = EncryptedPrivateKey;

type Slot = Pick<SigningKey, 'algorithm' | 'generation'>;
const generationOf = ({ generation }: Slot) => `GENERATION#${String(generation).padStart(8, '0')}`;

/** Returns the partition of an algorithm's public halves. */
export const publicHalves = (algorithm: SigningKey['algorithm']): string => `KEY#${algorithm}`;

/**
 * Returns the key of a public half. It contains only algorithm and generation, so that of two runs that create one
 * generation only one succeeds.
 */
export const publicHalfKey = (key: Slot): Key<PublicHalfForm> => ({
  pk: publicHalves(key.algorithm),
  sk: generationOf(key),
});

/**
 * Returns the key of a private half. It also contains the `kid`, so that runs that create the same generation write
 * different items and cannot overwrite each other's.
 */
export const privateHalfKey = (key: Slot & Pick<SigningKey, 'kid'>): Key<PrivateHalfForm> => ({
  pk: `PRIVATEKEY#${key.algorithm}`,
  sk: `${generationOf(key)}#${key.kid}`,
});

export function publicHalfItem(key: SigningKey): Key<PublicHalfForm> & PublicHalfForm {
  const { kid, algorithm, generation, state, publicKey, createdAt, activeFrom, goneAt, ...unstored } = key;
  unstored satisfies Nothing;
  return {
    ...publicHalfKey(key),
    kid,
    algorithm,
    generation,
    state,
    public_key: publicKey,
    created_at: createdAt,
    active_from: activeFrom,
    gone_at: goneAt,
  };
}

export function signingKeyFrom(item: Stored<PublicHalfForm>): Whole<SigningKey> {
  return {
    kid: item.kid,
    algorithm: item.algorithm,
    generation: item.generation,
    state: item.state,
    publicKey: item.public_key,
    createdAt: item.created_at,
    activeFrom: item.active_from,
    goneAt: item.gone_at,
  };
}
