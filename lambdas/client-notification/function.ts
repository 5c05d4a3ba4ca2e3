import { type FunctionSpec, LOG_LEVEL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'Pings clients when their request was answered (CIBA section 10.2); run by the queue of notifications',
  routes: [],
  authorizer: 'none',
  environment: [
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'NOTIFICATION_QUEUE_URL',
    'NOTIFICATION_NETWORKS',
    'METRICS_NAMESPACE',
    'UV_THREADPOOL_SIZE',
  ],
  tables: [
    LOG_LEVEL,
    { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
    { table: 'transactions', actions: ['GetItem'], prefixes: ['REQUEST#'] },
    { table: 'transactions', actions: ['UpdateItem'], prefixes: ['NOTIFICATION#'] },
  ],
  sns: [],
  // Lambda itself uses the first three, with the role of the function. The function uses the last.
  sqs: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'],
  kms: [],
  // Five seconds for the client's endpoint and ten for AWS, as in the functions that are called over HTTP.
  timeoutSeconds: 15,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
