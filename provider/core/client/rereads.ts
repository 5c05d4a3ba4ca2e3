/** How long a warm function may use its copy of a client, in seconds. */
export const CLIENT_COPY_SECONDS = 60;
/** How many reads failed credentials may cause for one client at once, or unknown keys for one algorithm. */
const MOST = 5;
/** Seconds until one more read is allowed. It is less than the life of a copy, so every copy is renewed in time. */
const SECONDS_PER_READ = 10;

/** The reads that may still be caused for one client id, or one algorithm: `left` of them at the instant `since`. */
export type Rereads = { readonly left: number; readonly since: number };

/** What a client id or an algorithm begins with that was not seen before. */
export function newRereads(now: number): Rereads {
  return { left: MOST, since: now };
}

/**
 * Takes one read for a failed credential or an unknown key. Returns what is left, or undefined if there were too many:
 * five at once, then one every ten seconds. So a wrong guess costs one read, and a flood of them costs no more than
 * that.
 */
export function takeReread({ left, since }: Rereads, now: number): Rereads | undefined {
  const gained = Math.max(0, Math.floor((now - since) / SECONDS_PER_READ));
  const available = Math.min(MOST, left + gained);
  if (available === 0) return undefined;
  const isFull = available === MOST;
  return { left: available - 1, since: isFull ? now : since + gained * SECONDS_PER_READ };
}
