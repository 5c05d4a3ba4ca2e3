import {
  CLIENT_AUTHENTICATION,
  CLIENT_KEYS_ENVIRONMENT,
  type FunctionSpec,
  LOG_LEVEL,
} from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'POST /revoke: a client gives an access token back (RFC 7009)',
  routes: ['POST /revoke', 'POST /oauth/revoke'],
  throttle: { setting: 'token', rate: 1000, burst: 2000 },
  authorizer: 'none',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'METRICS_NAMESPACE',
    'SHIELDED_NAME',
    ...CLIENT_KEYS_ENVIRONMENT,
  ],
  tables: [
    LOG_LEVEL,
    ...CLIENT_AUTHENTICATION,
    { table: 'directory', actions: ['Query'], prefixes: ['KEY#'] },
    { table: 'transactions', actions: ['PutItem'], prefixes: ['REVOKED#'] },
  ],
  sns: [],
  kms: [],
  timeoutSeconds: 10,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
