// What SQS and Lambda take of a queue and of the mapping from a queue to a function.

/** How often SQS delivers a message at most before it is a dead letter. */
export const MOST_RECEIVES = 1000;
/** How long SQS keeps a message at most. */
export const LONGEST_RETENTION_SECONDS = 14 * 86_400;
/** How many instances Lambda may be told to run for one queue at once. */
export const INSTANCES_RANGE = { least: 2, most: 1000 };
