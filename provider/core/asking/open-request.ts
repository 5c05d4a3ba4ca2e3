import { type AuthenticationRequest, isOpen } from '../deciding/authentication-request.ts';

/** A request that stands in the way of another one, because a client may have one open with each user. */
export type MetRequest = {
  /** Its id. Undefined if an earlier version opened it. */
  readonly requestId: string | undefined;
  /** When it was opened, in epoch seconds. */
  readonly openedAt: number;
  /** Until when its client is told that it is open. */
  readonly toldUntil: number;
};

/**
 * How long after it was opened a request is stored at the latest, in seconds: longer than the function may run. It is
 * also longer than a request of a reported client is open, which is never found by the name that it has here.
 */
const STORED_WITHIN_SECONDS = 60;

/**
 * Returns whether a request has ended, so that it stands in nobody's way. What ends a request also closes it, but a
 * function may break off in between, and then the client could not ask this user for as long as 72 hours.
 */
export function hasEnded(
  { openedAt }: Pick<MetRequest, 'openedAt'>,
  stored: AuthenticationRequest | undefined,
  now: number,
): boolean {
  return stored ? !isOpen(stored, now) : now >= openedAt + STORED_WITHIN_SECONDS;
}
