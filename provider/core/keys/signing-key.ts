import type { PublicJwk, SigningAlgorithm } from '../client/client.ts';

/**
 * The states of a signing key: published before use, signing, still trusted, and then gone (deleted). A revoked key is
 * gone at once.
 */
export type SigningKeyState = 'next' | 'active' | 'retiring';

/** A signing key as it is stored. The private key is encrypted by KMS under a context that names the `kid`. */
export type SigningKey = {
  readonly kid: string;
  readonly algorithm: SigningAlgorithm;
  /** Counts up per algorithm; two makers of one generation can't both win. */
  readonly generation: number;
  readonly state: SigningKeyState;
  readonly publicKey: PublicJwk;
  readonly encryptedPrivateKey: Uint8Array;
  readonly createdAt: number;
  /** When it began to sign; absent while next. */
  readonly activeFrom?: number | undefined;
  /** When nothing signed by it is valid any more; only while retiring. */
  readonly goneAt?: number | undefined;
};

/** How keys move. Seconds. */
export type RotationPolicy = {
  /** How long a key signs before its successor takes over. */
  readonly rotateAfterSeconds: number;
  /** How long a key is published before it signs: longer than any verifier caches (API Gateway: two hours). */
  readonly publishBeforeUseSeconds: number;
  /** Longest token life, plus refresh of key sets, plus skew. */
  readonly retireForSeconds: number;
};

/** One step of a rotation, in the order in which they must be taken. */
export type RotationStep =
  | { readonly step: 'create'; readonly state: 'active' | 'next'; readonly generation: number }
  | { readonly step: 'activate'; readonly key: SigningKey }
  | { readonly step: 'retire'; readonly key: SigningKey; readonly goneAt: number }
  | { readonly step: 'remove'; readonly key: SigningKey };

/**
 * Plans the next steps for the keys of one algorithm. The successor is activated before its predecessor retires, so
 * that there is a signer at every instant; in between {@link signerOf} takes the younger. `force` rotates now, even
 * though verifiers may not have seen the successor yet; a `revoked` key counts as gone already.
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
  const gone = keys.filter((key) => key.state === 'retiring' && (key.goneAt ?? 0) <= now);
  const removals: RotationStep[] = gone.map((key) => ({ step: 'remove', key }));
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

/** The key that signs: active, and the youngest of them while two are. */
export function signerOf(keys: readonly SigningKey[]): SigningKey | undefined {
  return keys.filter((key) => key.state === 'active').sort((a, b) => b.generation - a.generation)[0];
}

/** What the key set publishes (RFC 7517): next, active and retiring keys, public members only. */
export function publishedKeys(keys: readonly SigningKey[]): readonly PublicJwk[] {
  return keys.map(({ kid, algorithm, publicKey: { kty, crv, x, y, n, e } }) => ({
    ...(kty === 'EC' ? { kty, crv, x, y } : { kty, n, e }),
    kid,
    alg: algorithm,
    use: 'sig',
  }));
}
