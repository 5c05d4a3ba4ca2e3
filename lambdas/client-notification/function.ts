import { type FunctionSpec, LOG_LEVEL, PUSH_ENVIRONMENT } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description:
    'Pings clients, or pushes tokens (CIBA sections 10.2, 10.3), and reminds phones; run by the queue of notifications',
  routes: [],
  authorizer: 'none',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'SIGNING_KMS_KEY',
    'TOKEN_LIFETIMES',
    'REQUEST_LIMITS',
    'NOTIFICATION_QUEUE_URL',
    'DEAD_LETTER_QUEUE_URL',
    'NOTIFICATION_NETWORKS',
    'METRICS_NAMESPACE',
    'UV_THREADPOOL_SIZE',
    ...PUSH_ENVIRONMENT,
  ],
  tables: [
    LOG_LEVEL,
    { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#', 'PRIVATEKEY#'] },
    { table: 'directory', actions: ['Query'], prefixes: ['KEY#', 'DELIVERYKEY#', 'USER#'] },
    { table: 'transactions', actions: ['GetItem', 'UpdateItem'], prefixes: ['REQUEST#'] },
    { table: 'transactions', actions: ['UpdateItem'], prefixes: ['NOTIFICATION#', 'RATE#user#'] },
    // The details of a long request say which phones could approve it, and so are reminded.
    { table: 'transactions', actions: ['GetItem'], prefixes: ['USER#'] },
  ],
  sns: ['Publish'],
  // Lambda itself uses the first three, with the role of the function. The function uses the last two.
  sqs: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility', 'SendMessage'],
  deadLetters: ['SendMessage'],
  kms: ['Decrypt'],
  deliveryKeys: ['Decrypt'],
  // Five seconds for the client's endpoint and ten for AWS, as in the functions that are called over HTTP.
  timeoutSeconds: 15,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
