import type { PublicJwk, SigningAlgorithm } from './jwk.ts';
import { parsePublicKey } from './public-key.ts';

/** The most keys that a published set may have. Without a `kid` a signature is tried with each. */
const MOST_KEYS = 50;

/** What is known of the key that made a signature: the `kid` of its header as it came, and the algorithm. */
export type WantedKey = { readonly kid: unknown; readonly algorithm: SigningAlgorithm };

/** Returns the keys that may have made a signature: those that neither the header nor the key itself excludes. */
export function candidateKeys(keys: readonly PublicJwk[], { kid, algorithm }: WantedKey): readonly PublicJwk[] {
  return keys.filter(
    (key) =>
      (kid === undefined || key.kid === undefined || key.kid === kid) &&
      (key.alg === undefined || key.alg === algorithm) &&
      (key.use === undefined || key.use === 'sig'),
  );
}

/**
 * Reads a set of keys that somebody else publishes (RFC 7517 §5). Keys that this provider does not use are left out:
 * those of other kinds and sizes, and those whose private half is published too.
 */
export function parseKeySet(document: unknown): readonly PublicJwk[] | 'no_key_set' | 'too_many_keys' {
  const { keys }: { keys?: unknown } = { ...Object(document) };
  if (!Array.isArray(keys)) return 'no_key_set';
  return keys.length > MOST_KEYS ? 'too_many_keys' : keys.flatMap(publishedKey);
}

function publishedKey(published: unknown): readonly PublicJwk[] {
  const key = parsePublicKey(published);
  const { kid, alg, use }: Readonly<Record<string, unknown>> = { ...Object(published) };
  return key.ok && isTextOrAbsent(kid) && isTextOrAbsent(alg) && isTextOrAbsent(use)
    ? [{ ...key.value, kid, alg, use }]
    : [];
}

function isTextOrAbsent(value: unknown): value is string | undefined {
  return value === undefined || typeof value === 'string';
}
