import type { ClientBlock } from '../person/client-block.ts';
import type { Owner } from '../person/user.ts';

/** The seconds in which a person looks at a phone and denies. */
const QUICKEST_SECONDS = 5;
const SLOWEST_SECONDS = 45;

/**
 * Returns when a client that was reported for fraud learns that its new request was denied: 5 to 45 seconds after it
 * asked, at random, and before the request expires. If it still waits for an earlier request of the same person, both
 * are denied at the same instant, as by a person who denies everything that the phone shows. `fraction` is a random
 * number from 0 up to but not including 1.
 */
export function silentDenialAt(
  request: { issuedAt: number; expiresAt: number },
  { deniedAt }: ClientBlock,
  fraction: number,
): number {
  const latest = Math.min(request.issuedAt + SLOWEST_SECONDS, request.expiresAt - 1);
  if (deniedAt > request.issuedAt) return Math.min(deniedAt, latest);
  const earliest = Math.min(request.issuedAt + QUICKEST_SECONDS, latest);
  return earliest + Math.floor(fraction * (latest - earliest + 1));
}

/**
 * Returns an id for the notification of a silent denial. A phone's call would have an id of the gateway's form, so it has
 * the form of the id of the client's own call, but is another one. `random` has at least 22 characters.
 */
export function silentCorrelationId(own: string, random: string): string {
  const padding = own.replace(/[^=]/g, '');
  return random.slice(0, own.length - padding.length) + padding;
}

/**
 * What the request of a reported client opened, for its withdrawal. It names the person, so it is stored sealed, and
 * only the `auth_req_id` opens it.
 */
export type SilentlyAsked = Owner & {
  /** A random name of this request in what it opened. It leads to the request nobody who does not open this. */
  readonly mark: string;
  /** True if the client may have no other request open with this person. */
  readonly isOnlyOne?: true | undefined;
  /** The id of the silent question that this request is. */
  readonly questionId?: string | undefined;
};
