import * as v from 'valibot';

// What the load test and the process of the provider tell each other.

const counts = v.record(v.string(), v.number());

/** What the provider counted since its start, while calls were throttled. */
const figures = v.object({
  /** Calls of functions to AWS, by service. */
  calls: counts,
  /** Calls that were throttled, by service. */
  throttled: counts,
  /** Calls that were the second or third try of the SDK. */
  retried: v.number(),
  /** Faults of functions by the name of the error. What a function wrote that is no line of JSON counts too. */
  faults: counts,
  /** The first line of the log with each fault. */
  examples: v.record(v.string(), v.string()),
  /** Records of the trail that only the log has, because the store was throttled three times. */
  unconfirmed: v.number(),
});
export type ProviderFigures = v.InferOutput<typeof figures>;

export const toProvider = v.variant('type', [
  v.object({
    type: v.literal('start'),
    /** 0 takes any free port. */
    port: v.number(),
    dataFolder: v.string(),
    certificate: v.string(),
  }),
  v.object({ type: v.literal('throttle'), percent: v.number() }),
  v.object({ type: v.literal('end') }),
]);
export type ToProvider = v.InferOutput<typeof toProvider>;

export const fromProvider = v.variant('type', [
  v.object({ type: v.literal('ready'), url: v.string(), awsEndpoint: v.string() }),
  v.object({ type: v.literal('push'), requestId: v.string() }),
  v.object({ type: v.literal('figures'), figures }),
  v.object({ type: v.literal('failed'), message: v.string() }),
]);
export type FromProvider = v.InferOutput<typeof fromProvider>;
