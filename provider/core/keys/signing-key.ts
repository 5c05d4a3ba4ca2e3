import type { PublicJwk, SigningAlgorithm } from './jwk.ts';

/** How long a warm function may use its copy of the key set, in seconds. A revocation takes effect within this time. */
export const KEY_CACHE_SECONDS = 300;
/** Shortest time in seconds for which a key is published before it signs. API gateways cache a key set for hours. */
export const SHORTEST_PUBLICATION_SECONDS = 86_400;
/** The purpose in the encryption context of every private key. A role may use KMS for this purpose only. */
export const SIGNING_KEY_PURPOSE = 'ciba-signing-key';

/**
 * The states of a signing key, in the order in which it goes through them:
 * - `next`: published, and does not sign yet;
 * - `active`: signs;
 * - `retiring`: published, and does not sign any more;
 * - `gone`: not published; its private half is deleted.
 *
 * From each of them a key can become `revoked`: not published, its private half deleted, and never trusted again. No
 * state leads back to an earlier one.
 */
export type SigningKeyState = 'next' | 'active' | 'retiring' | 'gone' | 'revoked';

/**
 * The public half of a signing key, with its state. It is an item of its own, so that a verifier reads nothing else.
 */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /**
   * Counts up for each algorithm. Of two functions that create the same generation at the same time, only one succeeds.
   */
  readonly generation: number;
  readonly state: SigningKeyState;
  readonly publicKey: PublicJwk;
  readonly createdAt: number;
  /** When the key began to sign. Absent while its state is `next`. */
  readonly activeFrom?: number | undefined;
  /**
   * When nothing signed by the key is valid any more; set once the key is retiring. For a revoked key: when it was
   * revoked.
   */
  readonly goneAt?: number | undefined;
};

/** The private half of a signing key. Only the functions that sign read it. */
export type EncryptedPrivateKey = {
  readonly kid: string;
  /** Encrypted by KMS, under a context that names the `kid` and the algorithm. */
  readonly ciphertext: Uint8Array;
};

/** The times that govern a rotation, in seconds. Their defaults are in `core/operating/defaults.ts`. */
export type RotationPolicy = {
  /** How long a key signs before its successor takes over. */
  readonly rotateAfterSeconds: number;
  /**
   * How long a key is published before it signs. It must be longer than any verifier caches the key set (API Gateway:
   * two hours).
   */
  readonly publishBeforeUseSeconds: number;
  /** The longest lifetime of a token, plus the time in which verifiers refresh the key set, plus clock skew. */
  readonly retireForSeconds: number;
  /**
   * How long the public half is kept after the key is gone, because an `id_token_hint` may carry a signature of that
   * age.
   */
  readonly keepPublicForSeconds: number;
};

/**
 * One step of a rotation. `remove` takes a key out of the key set and deletes its private half. `delete_public_half`
 * deletes the rest, when no hint can carry its signature any more.
 */
export type RotationStep =
  | { readonly step: 'create'; readonly state: 'active' | 'next'; readonly generation: number }
  | { readonly step: 'activate'; readonly key: SigningKey }
  | { readonly step: 'retire'; readonly key: SigningKey; readonly goneAt: number }
  | { readonly step: 'remove' | 'delete_public_half'; readonly key: SigningKey };

/**
 * Plans the next steps for the keys of one algorithm, in the order in which they must be taken. The successor is
 * activated before its predecessor retires, so that there is a signing key at every instant. While both are active,
 * {@link signerOf} returns the younger one. `force` rotates now, even though verifiers may not have seen the successor
 * yet. The key `revoked` is left out, as if it did not exist.
 */
export function planRotation(
  stored: readonly SigningKey[],
  policy: RotationPolicy,
  { now, force = false, revoked }: { now: number; force?: boolean; revoked?: string },
): readonly RotationStep[] {
  const generation = Math.max(0, ...stored.map((key) => key.generation));
  const keys = stored.filter((key) => key.kid !== revoked);
  const active = signerOf(keys);
  const next = keys.find((key) => key.state === 'next');
  const removals = planRemovals(keys, policy, now);
  const retirements = (survivor: SigningKey | undefined): RotationStep[] =>
    keys
      .filter((key) => key.state === 'active' && key.kid !== survivor?.kid)
      .map((key) => ({ step: 'retire', key, goneAt: now + policy.retireForSeconds }));
  if (!active || (force && !next)) {
    const first: RotationStep = next
      ? { step: 'activate', key: next }
      : { step: 'create', state: 'active', generation: generation + 1 };
    const successor: RotationStep = { step: 'create', state: 'next', generation: generation + (next ? 1 : 2) };
    return [first, ...retirements(undefined), successor, ...removals];
  }
  if (!next)
    return [{ step: 'create', state: 'next', generation: generation + 1 }, ...retirements(active), ...removals];
  const due = now - (active.activeFrom ?? active.createdAt) >= policy.rotateAfterSeconds;
  const published = now - next.createdAt >= policy.publishBeforeUseSeconds;
  if (!force && !(due && published)) return [...retirements(active), ...removals];
  return [
    { step: 'activate', key: next },
    ...retirements(next),
    { step: 'create', state: 'next', generation: generation + 1 },
    ...removals,
  ];
}

/**
 * Plans the end of keys. A key leaves the key set when its last token has expired, and its public half is deleted when
 * no hint can carry its signature any more.
 */
function planRemovals(keys: readonly SigningKey[], policy: RotationPolicy, now: number): RotationStep[] {
  return keys.flatMap((key): RotationStep[] => {
    if (key.state === 'retiring') return (key.goneAt ?? 0) <= now ? [{ step: 'remove', key }] : [];
    if (key.state !== 'gone' && key.state !== 'revoked') return [];
    return (key.goneAt ?? 0) + policy.keepPublicForSeconds <= now ? [{ step: 'delete_public_half', key }] : [];
  });
}

/** Returns the key that signs: the active one, or the youngest of them if several are active. */
export function signerOf(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.filter((key) => key.state === 'active').sort((a, b) => b.generation - a.generation)[0];
}

/** Returns the key that verifies a signature. Undefined if no key has the `kid`, or if the key was revoked. */
export function verifierOf(keys: readonly SigningKey[], kid: string): SigningKey | undefined {
  return keys.find((key) => key.kid === kid && key.state !== 'revoked');
}

/** Returns what the key set publishes (RFC 7517): next, active and retiring keys, public members only. */
export function publishedKeys(keys: readonly SigningKey[]): readonly PublicJwk[] {
  const published = keys.filter(({ state }) => state === 'next' || state === 'active' || state === 'retiring');
  return published.map(({ kid, algorithm, publicKey: { kty, crv, x, y, n, e } }) => ({
    ...(kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }),
    kid,
    alg: algorithm,
    use: 'sig',
  }));
}
