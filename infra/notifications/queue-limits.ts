// Limits of SQS on a queue, and of Lambda on the mapping from a queue to a function.

/** The highest number of deliveries after which SQS can move a message to the dead-letter queue. */
export const MAX_RECEIVES = 1000;
/** The longest time for which SQS keeps a message. */
export const LONGEST_RETENTION_SECONDS = 14 * 86_400;
/** The range in which Lambda accepts a limit on the instances that it runs for one queue at once. */
export const INSTANCES_RANGE = { least: 2, most: 1000 };
