import {
  CLIENT_AUTHENTICATION,
  CLIENT_KEYS_ENVIRONMENT,
  type FunctionSpec,
  LOG_LEVEL,
  PUSH_ENVIRONMENT,
} from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description:
    'POST /bc-authorize: a client asks a user (CIBA section 7), has phones rung again, enters a number, or withdraws',
  routes: [
    'POST /bc-authorize',
    'POST /bc-authorize/resend',
    'POST /bc-authorize/withdraw',
    'POST /bc-authorize/number',
  ],
  throttle: { setting: 'authentication', rate: 500, burst: 1000 },
  authorizer: 'none',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'REQUEST_LIMITS',
    'LOGIN_HINT_TOKEN_ISSUERS',
    'BINDING_MESSAGE_PATTERN',
    'BINDING_MESSAGES',
    'ACR_POLICY',
    'NOTIFICATION_TOPIC',
    'METRICS_NAMESPACE',
    'SHIELDED_NAME',
    ...CLIENT_KEYS_ENVIRONMENT,
    ...PUSH_ENVIRONMENT,
  ],
  tables: [
    LOG_LEVEL,
    ...CLIENT_AUTHENTICATION,
    { table: 'directory', actions: ['GetItem'], prefixes: ['LOGIN#'] },
    { table: 'directory', actions: ['Query', 'UpdateItem'], prefixes: ['USER#'] },
    // The public halves, to verify an ID token that comes as a hint.
    { table: 'directory', actions: ['Query'], prefixes: ['KEY#'] },
    { table: 'transactions', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['RATE#'] },
    { table: 'transactions', actions: ['GetItem', 'PutItem', 'UpdateItem'], prefixes: ['REQUEST#'] },
    { table: 'transactions', actions: ['PutItem'], prefixes: ['USER#', 'NOTIFICATION#'] },
    // The details of a request say which phones rang or could approve it, and what it opened.
    { table: 'transactions', actions: ['GetItem'], prefixes: ['USER#'] },
  ],
  sns: ['Publish'],
  // A client that a user reported is pinged like one whose request was denied.
  topic: ['Publish'],
  kms: [],
  timeoutSeconds: 10,
  memoryMegabytes: 1024,
} as const satisfies FunctionSpec;
