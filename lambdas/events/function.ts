import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Variables and permissions of this function. Those on streams, queue and bus are granted where these are made. */
export const spec = {
  ...INTERNAL,
  description: 'Tells other systems by EventBridge what was committed; run by the streams of the tables',
  environment: ['TRANSACTIONS_TABLE', 'EVENT_BUS', 'EXPIRY_QUEUE_URL', 'METRICS_NAMESPACE'],
  tables: [{ table: 'transactions', actions: ['GetItem'], prefixes: ['REQUEST#'] }],
  // A batch of a hundred writes: ten calls of EventBridge in a row, each with three tries.
  timeoutSeconds: 60,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
