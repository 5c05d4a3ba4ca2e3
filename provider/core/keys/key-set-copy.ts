import type { PublicJwk } from './jwk.ts';

/** How long a copy of a published key set is used before it is fetched anew, in seconds. */
const FRESH_SECONDS = 300;
/**
 * How long it is used while it cannot be fetched anew, in seconds. A key that its owner took out of the set dies within
 * this time at the latest, also if somebody keeps the owner's server from answering.
 */
const STALE_SECONDS = 900;
/** Seconds between two calls to the same address. An unknown `kid` and a server that is out cause no more calls. */
const SECONDS_PER_CALL = 10;

/** What a warm function knows of the key set at one address. Instants are epoch seconds. */
export type KeySetCopy = {
  readonly keys: readonly PublicJwk[];
  /** When the call that brought the keys began. */
  readonly fetchedAt: number;
  /** When the last call began, whether it brought keys or not. */
  readonly triedAt: number;
  /** Why the last call brought no keys. */
  readonly failure?: string | undefined;
};

/** Returns whether the keys are fetched before an answer: the copy is old, or lacks the key with this `kid`. */
export function mustFetch({ keys, fetchedAt, triedAt }: KeySetCopy, kid: unknown, now: number): boolean {
  if (now < triedAt + SECONDS_PER_CALL) return false;
  if (now >= fetchedAt + FRESH_SECONDS) return true;
  return kid !== undefined && !keys.some((key) => key.kid === undefined || key.kid === kid);
}

/** Returns the keys of a copy that may still be used, or the reason why there are none. */
export function usableKeys(
  { keys, fetchedAt, failure }: KeySetCopy,
  now: number,
): { readonly keys: readonly PublicJwk[] } | { readonly failure: string } {
  return failure !== undefined && now >= fetchedAt + STALE_SECONDS ? { failure } : { keys };
}

/** Returns the copy after a call that brought no keys. Without a copy before, there is nothing to use. */
export function afterFailure(before: KeySetCopy | undefined, failure: string, triedAt: number): KeySetCopy {
  return { ...(before ?? { keys: [], fetchedAt: Number.NEGATIVE_INFINITY }), triedAt, failure };
}
