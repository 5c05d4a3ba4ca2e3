import { DECISION_WINDOW_SECONDS, LOOK_AGAIN_SECONDS } from './retries.ts';

/** Longest pause in seconds between two tries to push. The pauses start at 1 second and double. */
const LONGEST_PUSH_PAUSE_SECONDS = 60;
/**
 * The longest pause that a client can ask for with `Retry-After`, in seconds. The first two are short: SQS counts the
 * age of a message that was received less than three times, and an alarm watches that age.
 */
const LONGEST_RETRY_AFTER_SECONDS = { first: 15, later: 300 };
/** After so many tries SQS counts the age of a message no more. */
const TRIES_WITH_AGE = 3;

/** What came of a push: the client's status, 0 if the answer was not valid HTTP; or why no answer came. */
export type PushAnswer =
  | { readonly status: number; readonly retryAfterSeconds?: number | undefined }
  | { readonly unreachable: string };

/** What follows from it. `detail` is a word of the provider's own, for the log. */
export type PushJudgement = { readonly detail: string } & (
  | { readonly outcome: 'over' }
  | { readonly outcome: 'again'; readonly seconds: number }
  | { readonly outcome: 'give_up' }
);

/** The longest time for which a push is tried, in seconds, however long access tokens live. */
const LONGEST_DELIVERY_SECONDS = 21_600;

/**
 * Returns how long tokens are worth a delivery, in seconds: while half of the access token's life is left, and at most
 * six hours.
 */
export function deliverySeconds(accessTokenSeconds: number): number {
  return Math.min(Math.floor(accessTokenSeconds / 2), LONGEST_DELIVERY_SECONDS);
}

/** How many seconds a try may come later than it was planned. Queues bring messages back a little late. */
const LATE_SECONDS = 5;

/**
 * Returns whether a try to deliver tokens comes so late that nothing is sent: half of the access token's life is over. A
 * function that did not run for a while finds such tokens. The client would take them for a login that just happened.
 */
export function isTooLate({ until }: { readonly until: number }, now: number): boolean {
  return now > until + LATE_SECONDS;
}

/**
 * Returns how often one announcement is delivered at most if its push is tried for so long: once for each lookup of a
 * decision that is not there yet, once for each growing pause, and once for each longest pause.
 */
export function mostPushDeliveries(seconds: number): number {
  const looks = DECISION_WINDOW_SECONDS / LOOK_AGAIN_SECONDS;
  const growingPauses = Math.ceil(Math.log2(LONGEST_PUSH_PAUSE_SECONDS));
  return looks + growingPauses + Math.ceil(seconds / LONGEST_PUSH_PAUSE_SECONDS);
}

/**
 * Judges what came of a push. Any status of 2xx, 3xx and 4xx ends it, but 429: redirects are not followed (CIBA §10.3),
 * and a client that refuses is not asked again. Without an answer, or with 429 or 5xx, the same bytes are tried again
 * until `until`: CIBA leaves error statuses open. `Retry-After` can make a pause longer.
 */
export function judgePush(answer: PushAnswer, next: { tries: number; now: number; until: number }): PushJudgement {
  if ('unreachable' in answer) return judgeAgain(answer.unreachable, undefined, next);
  const { status, retryAfterSeconds } = answer;
  if (status === 0 || status === 429 || status >= 500) return judgeAgain('unavailable', retryAfterSeconds, next);
  return { outcome: 'over', detail: status >= 200 && status < 300 ? 'accepted' : 'refused' };
}

/** A pause is cut at the end, so that the last try comes when the end is near, and none after it. */
function judgeAgain(
  detail: string,
  retryAfterSeconds: number = 0,
  { tries, now, until }: { tries: number; now: number; until: number },
): PushJudgement {
  const left = until - now;
  if (left < 1) return { outcome: 'give_up', detail };
  const grown = Math.min(2 ** Math.min(tries - 1, 10), LONGEST_PUSH_PAUSE_SECONDS);
  const { first, later } = LONGEST_RETRY_AFTER_SECONDS;
  const asked = Math.min(retryAfterSeconds, tries < TRIES_WITH_AGE ? first : later);
  return { outcome: 'again', detail, seconds: Math.min(Math.max(grown, asked), left) };
}

/**
 * Reads `Retry-After` as seconds (RFC 9110 §10.2.3). A date is not read: the growing pauses do without. Undefined if
 * there is none.
 */
export function retryAfterIn(header: string | undefined): number | undefined {
  return header !== undefined && /^\d{1,9}$/.test(header) ? Number(header) : undefined;
}
