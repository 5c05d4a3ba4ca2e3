/** How `lambdas/core/` treats an announced decision; a test plays the longest life of one. All in seconds. */
const PACE = {
  /** How long an approval can be redeemed after its request expired, at most. */
  grace: 300,
  /** How long a decision that is not there yet is looked for, once a second. */
  looking: 40,
  /** Between two tries at an endpoint that nobody reaches, once the pauses have grown. */
  longestPause: 30,
};
/** How often SQS delivers a message at most, before it is a dead letter. */
export const MOST_RECEIVES = 1000;
/** What Lambda takes as the limit of the mapping from a queue to a function. */
export const INSTANCES_RANGE = { least: 2, most: 1000 };

/** Seconds that an announcement can be of use to its client, at most. */
export function longestLife(expiryLimit: number): number {
  return expiryLimit + PACE.grace;
}

/** Deliveries that one announcement can take: a look a second, pauses that grow to the longest, and that one for good. */
export function mostReceives(life: number): number {
  return PACE.looking + growingPauses() + Math.ceil(life / PACE.longestPause);
}

/** The longest expiry whose announcements SQS delivers often enough: beyond it they would be given up too early. */
export function longestExpiryLimit(): number {
  const pauses = MOST_RECEIVES - mostReceives(0);
  return pauses * PACE.longestPause - longestLife(0);
}

function growingPauses(): number {
  return Math.ceil(Math.log2(PACE.longestPause));
}
