import type { PublicJwk, SigningAlgorithm } from './jwk.ts';

/** How long a warm function may believe its copy of the key set, in seconds. A revocation takes hold within this time. */
export const KEY_CACHE_SECONDS = 300;
/** How long a key is published at least before it signs, in seconds. API gateways cache a key set for hours. */
export const SHORTEST_PUBLICATION_SECONDS = 86_400;
/** The purpose in the encryption context of every private key. A role may use KMS for this purpose alone. */
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

/** The public half of a signing key, with its state. It is an item of its own: who verifies reads nothing else. */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Counts up per algorithm; two makers of one generation can't both win. */
  readonly generation: number;
  readonly state: SigningKeyState;
  readonly publicKey: PublicJwk;
  readonly createdAt: number;
  /** When it began to sign; absent while next. */
  readonly activeFrom?: number | undefined;
  /** When nothing signed by it is valid any more; from retiring on. Of a revoked key: when it was revoked. */
  readonly goneAt?: number | undefined;
};

/** The private half of a signing key. Only the functions that sign read it. */
export type EncryptedPrivateKey = {
  readonly kid: string;
  /** Encrypted by KMS, under a context that names the `kid` and the algorithm. */
  readonly ciphertext: Uint8Array;
};

/** How keys move. Seconds. */
export type RotationPolicy = {
  /** How long a key signs before its successor takes over. */
  readonly rotateAfterSeconds: number;
  /** How long a key is published before it signs: longer than any verifier caches (API Gateway: two hours). */
  readonly publishBeforeUseSeconds: number;
  /** Longest token life, plus refresh of key sets, plus skew. */
  readonly retireForSeconds: number;
  /** How long the public half is kept after the key is gone: an `id_token_hint` may carry a signature as old as that. */
  readonly keepPublicForSeconds: number;
};

/**
 * One step of a rotation. `remove` takes a key out of the key set and deletes its private half; `delete_public_half`
 * deletes the rest, when no hint can carry its signature any more.
 */
export type RotationStep =
  | { readonly step: 'create'; readonly state: 'active' | 'next'; readonly generation: number }
  | { readonly step: 'activate'; readonly key: SigningKey }
  | { readonly step: 'retire'; readonly key: SigningKey; readonly goneAt: number }
  | { readonly step: 'remove' | 'delete_public_half'; readonly key: SigningKey };

/**
 * Plans the next steps for the keys of one algorithm, in the order in which they must be taken. The successor is
 * activated before its predecessor retires, so that there is a signer at every instant; in between {@link signerOf}
 * takes the younger. `force` rotates now, even though verifiers may not have seen the successor yet; the key `revoked`
 * is left out, as if it did not exist.
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

/** Keys leave the key set when their last token is over, and are forgotten when their last hint is. */
function planRemovals(keys: readonly SigningKey[], policy: RotationPolicy, now: number): RotationStep[] {
  return keys.flatMap((key): RotationStep[] => {
    if (key.state === 'retiring') return (key.goneAt ?? 0) <= now ? [{ step: 'remove', key }] : [];
    if (key.state !== 'gone' && key.state !== 'revoked') return [];
    return (key.goneAt ?? 0) + policy.keepPublicForSeconds <= now ? [{ step: 'delete_public_half', key }] : [];
  });
}

/** The key that signs: active, and the youngest of them while two are. */
export function signerOf(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.filter((key) => key.state === 'active').sort((a, b) => b.generation - a.generation)[0];
}

/** What the key set publishes (RFC 7517): next, active and retiring keys, public members only. */
export function publishedKeys(keys: readonly SigningKey[]): readonly PublicJwk[] {
  const published = keys.filter(({ state }) => state === 'next' || state === 'active' || state === 'retiring');
  return published.map(({ kid, algorithm, publicKey: { kty, crv, x, y, n, e } }) => ({
    ...(kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }),
    kid,
    alg: algorithm,
    use: 'sig',
  }));
}

/**
 * Whether a signature by this key is believed in an `id_token_hint`, which may be of a token that expired long ago
 * (CIBA §7.1). A key that is next has signed nothing yet; a revoked one may have signed for a forger.
 */
export function verifiesHints({ state }: SigningKey): boolean {
  return state === 'active' || state === 'retiring' || state === 'gone';
}
