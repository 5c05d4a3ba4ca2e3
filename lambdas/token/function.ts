import {
  CLIENT_AUTHENTICATION,
  CLIENT_KEYS_ENVIRONMENT,
  type FunctionSpec,
  LOG_LEVEL,
} from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'POST /token: a client polls or redeems (CIBA section 10.1)',
  routes: ['POST /token', 'POST /oauth/token'],
  // A client polls several times for each login.
  throttle: { setting: 'token', rate: 1000, burst: 2000 },
  authorizer: 'none',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'SIGNING_KMS_KEY',
    'TOKEN_LIFETIMES',
    'REQUEST_LIMITS',
    'METRICS_NAMESPACE',
    'SHIELDED_NAME',
    ...CLIENT_KEYS_ENVIRONMENT,
  ],
  tables: [
    LOG_LEVEL,
    ...CLIENT_AUTHENTICATION,
    { table: 'directory', actions: ['Query'], prefixes: ['KEY#', 'USER#'] },
    { table: 'directory', actions: ['GetItem'], prefixes: ['PRIVATEKEY#'] },
    { table: 'transactions', actions: ['UpdateItem'], prefixes: ['REQUEST#'] },
  ],
  sns: [],
  kms: ['Decrypt'],
  timeoutSeconds: 10,
  memoryMegabytes: 1024,
} as const satisfies FunctionSpec;
