import type { IncomingMessage } from 'node:http';

/** The header with which a caller on this machine lets one call come later than it comes. */
export const LATER_HEADER = 'x-local-later';
/** The most seconds that a call may come later: a week. */
const MOST_SECONDS = 604_800;

/**
 * By how many seconds the clock of the functions is ahead during this one call, so that a trial need not wait for an
 * end. No other call sees that clock. Undefined if the caller may not say so, or says it wrongly.
 */
export function laterSeconds(request: IncomingMessage, isTrusted: boolean): number | undefined {
  const said = request.headers[LATER_HEADER];
  if (said === undefined) return 0;
  if (!isTrusted || typeof said !== 'string' || !/^\d{1,6}$/.test(said)) return undefined;
  return Number(said) <= MOST_SECONDS ? Number(said) : undefined;
}

/** Removes the header, which API Gateway would not know, from names and values as they came. */
export function withoutLater(rawHeaders: readonly string[]): readonly string[] {
  return rawHeaders.filter((_, index) => rawHeaders[index - (index % 2)]?.toLowerCase() !== LATER_HEADER);
}
