import type { FunctionSpec, TableGrant, TableRole } from './function-spec.ts';

/**
 * The functions, their routes, settings and permissions: plain data. The CDK app deploys from this table and the local
 * gateway runs from it, so they can't disagree. A function is the file of the same name in `lambdas/`.
 */

const PUSH_ENVIRONMENT = [
  'APNS_APPLICATION_ARN',
  'APNS_SANDBOX_APPLICATION_ARN',
  'GCM_APPLICATION_ARN',
  'APNS_TOPIC',
] as const;
const CLIENT_AUTHENTICATION: readonly TableGrant[] = [
  { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
  { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
];

export const functions = {
  'backchannel-authentication': {
    description: 'POST /bc-authorize: a client asks a user (CIBA section 7)',
    routes: ['POST /bc-authorize'],
    authorizer: 'none',
    environment: [
      'ISSUER',
      'PREVIOUS_ISSUERS',
      'DIRECTORY_TABLE',
      'TRANSACTIONS_TABLE',
      'REQUEST_LIMITS',
      'BINDING_MESSAGE_PATTERN',
      'METRICS_NAMESPACE',
      ...PUSH_ENVIRONMENT,
    ],
    tables: [
      ...CLIENT_AUTHENTICATION,
      { table: 'directory', actions: ['GetItem'], prefixes: ['LOGIN#'] },
      { table: 'directory', actions: ['Query', 'UpdateItem'], prefixes: ['USER#'] },
      { table: 'transactions', actions: ['UpdateItem'], prefixes: ['RATE#'] },
      { table: 'transactions', actions: ['PutItem', 'UpdateItem'], prefixes: ['REQUEST#'] },
      { table: 'transactions', actions: ['PutItem'], prefixes: ['USER#', 'NOTIFICATION#'] },
    ],
    sns: ['Publish'],
    kms: [],
    timeoutSeconds: 10,
    memoryMegabytes: 1024,
  },
  token: {
    description: 'POST /token: a client polls or redeems (CIBA section 10.1)',
    routes: ['POST /token', 'POST /oauth/token'],
    authorizer: 'none',
    environment: [
      'ISSUER',
      'PREVIOUS_ISSUERS',
      'DIRECTORY_TABLE',
      'TRANSACTIONS_TABLE',
      'SIGNING_KMS_KEY',
      'TOKEN_LIFETIMES',
      'METRICS_NAMESPACE',
    ],
    tables: [
      ...CLIENT_AUTHENTICATION,
      { table: 'directory', actions: ['Query'], prefixes: ['KEY#'] },
      { table: 'transactions', actions: ['UpdateItem'], prefixes: ['REQUEST#'] },
    ],
    sns: [],
    kms: ['Decrypt'],
    timeoutSeconds: 10,
    memoryMegabytes: 1024,
  },
  'provider-metadata': {
    description: 'Discovery documents and the key set',
    routes: [
      'GET /.well-known/openid-configuration',
      'GET /.well-known/oauth-authorization-server',
      'GET /.well-known/jwks.json',
    ],
    authorizer: 'none',
    environment: ['ISSUER', 'PREVIOUS_ISSUERS', 'DIRECTORY_TABLE', 'ACR_POLICY', 'METRICS_NAMESPACE'],
    tables: [{ table: 'directory', actions: ['Query'], prefixes: ['KEY#'] }],
    sns: [],
    kms: [],
    timeoutSeconds: 10,
    memoryMegabytes: 512,
  },
  device: {
    description: 'The device API: enrol, manage, read requests, answer (docs/device-api.md)',
    routes: [
      'POST /devices',
      'PATCH /devices/{device_id}',
      'DELETE /devices/{device_id}',
      'GET /device/requests',
      'GET /device/requests/{request_id}',
      'POST /device/requests/{request_id}/response',
    ],
    authorizer: 'none',
    environment: [
      'ISSUER',
      'PREVIOUS_ISSUERS',
      'DIRECTORY_TABLE',
      'TRANSACTIONS_TABLE',
      'ACR_POLICY',
      'NOTIFICATION_TOPIC',
      'METRICS_NAMESPACE',
      ...PUSH_ENVIRONMENT,
    ],
    tables: [
      { table: 'directory', actions: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'], prefixes: ['USER#'] },
      { table: 'directory', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['ENDPOINT#'] },
      { table: 'transactions', actions: ['GetItem', 'Query'], prefixes: ['USER#'] },
      { table: 'transactions', actions: ['BatchGetItem', 'UpdateItem'], prefixes: ['REQUEST#'] },
      { table: 'transactions', actions: ['UpdateItem'], prefixes: ['TICKET#'] },
      { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
    ],
    sns: ['CreatePlatformEndpoint', 'GetEndpointAttributes', 'SetEndpointAttributes', 'DeleteEndpoint', 'Publish'],
    topic: ['Publish'],
    kms: [],
    timeoutSeconds: 10,
    memoryMegabytes: 1024,
  },
  'client-notification': {
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
      { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
      { table: 'transactions', actions: ['GetItem'], prefixes: ['REQUEST#'] },
      { table: 'transactions', actions: ['UpdateItem'], prefixes: ['NOTIFICATION#'] },
    ],
    sns: [],
    // All but the last are what Lambda does for the function, in the name of its role.
    sqs: ['ReceiveMessage', 'DeleteMessage', 'GetQueueAttributes', 'ChangeMessageVisibility'],
    kms: [],
    // Five seconds for the client's endpoint, the rest as above.
    timeoutSeconds: 15,
    memoryMegabytes: 512,
  },
  admin: {
    description: 'Clients, users, devices and enrolment tickets, for operators with IAM credentials',
    routes: [
      'POST /admin/clients',
      'GET /admin/clients',
      'GET /admin/clients/{client_id}',
      'PATCH /admin/clients/{client_id}',
      'DELETE /admin/clients/{client_id}',
      'POST /admin/users',
      'GET /admin/users',
      'GET /admin/users/{sub}',
      'PATCH /admin/users/{sub}',
      'DELETE /admin/users/{sub}',
      'POST /admin/users/{sub}/tickets',
      'GET /admin/users/{sub}/devices',
      'DELETE /admin/users/{sub}/devices/{device_id}',
    ],
    authorizer: 'iam',
    environment: [
      'ISSUER',
      'PREVIOUS_ISSUERS',
      'DIRECTORY_TABLE',
      'TRANSACTIONS_TABLE',
      'METRICS_NAMESPACE',
      ...PUSH_ENVIRONMENT,
    ],
    tables: [
      {
        table: 'directory',
        actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
        prefixes: ['CLIENT#'],
      },
      { table: 'directory', actions: ['GetItem', 'PutItem', 'DeleteItem'], prefixes: ['LOGIN#'] },
      { table: 'directory', actions: ['Query', 'PutItem', 'DeleteItem'], prefixes: ['USER#'] },
      { table: 'directory', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['ENDPOINT#'] },
      { table: 'transactions', actions: ['PutItem'], prefixes: ['TICKET#'] },
    ],
    sns: ['DeleteEndpoint'],
    kms: [],
    timeoutSeconds: 15,
    memoryMegabytes: 512,
  },
  'signing-keys': {
    description: 'Creates, rotates and revokes signing keys; run by schedule, by the deployment and by operators',
    routes: [],
    authorizer: 'none',
    environment: [
      'ISSUER',
      'PREVIOUS_ISSUERS',
      'DIRECTORY_TABLE',
      'SIGNING_KMS_KEY',
      'KEY_ROTATION',
      'METRICS_NAMESPACE',
    ],
    tables: [{ table: 'directory', actions: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'], prefixes: ['KEY#'] }],
    sns: [],
    kms: ['GenerateDataKeyPairWithoutPlaintext'],
    timeoutSeconds: 60,
    memoryMegabytes: 512,
  },
} as const satisfies Record<string, FunctionSpec>;

export type FunctionName = keyof typeof functions;
export const functionNames = Object.keys(functions) as FunctionName[];

/** Both tables have the same shape: string keys `pk` and `sk`; `ttl` in epoch seconds on Transactions alone. */
export const tables = {
  directory: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: undefined },
  transactions: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'ttl' },
} as const satisfies Record<TableRole, { partitionKey: string; sortKey: string; ttlAttribute: string | undefined }>;
