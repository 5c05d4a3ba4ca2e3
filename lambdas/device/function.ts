import {
  AUDIT_ENVIRONMENT,
  type FunctionSpec,
  LOG_LEVEL,
  PUSH_ENVIRONMENT,
} from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'The device API: enrol, manage, read requests, answer (docs/device-api.md)',
  routes: [
    'POST /devices',
    'PATCH /devices/{device_id}',
    'DELETE /devices/{device_id}',
    'PUT /device/user-code',
    'GET /device/requests',
    'GET /device/requests/{request_id}',
    'POST /device/requests/{request_id}/response',
  ],
  throttle: { setting: 'device', rate: 500, burst: 1000 },
  authorizer: 'none',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'ACR_POLICY',
    'REQUEST_LIMITS',
    'NOTIFICATION_TOPIC',
    'METRICS_NAMESPACE',
    'SHIELDED_NAME',
    ...AUDIT_ENVIRONMENT,
    ...PUSH_ENVIRONMENT,
  ],
  tables: [
    LOG_LEVEL,
    {
      table: 'directory',
      actions: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'],
      prefixes: ['USER#'],
    },
    { table: 'directory', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['ENDPOINT#'] },
    { table: 'directory', actions: ['GetItem', 'PutItem'], prefixes: ['EVIDENCEKEY#'] },
    // One batch reads user, device and evidence key.
    { table: 'directory', actions: ['BatchGetItem'], prefixes: ['USER#', 'EVIDENCEKEY#'] },
    { table: 'transactions', actions: ['Query'], prefixes: ['USER#'] },
    { table: 'transactions', actions: ['UpdateItem'], prefixes: ['REQUEST#'] },
    // One batch reads user, device and details, below the user, and the request.
    { table: 'transactions', actions: ['BatchGetItem'], prefixes: ['USER#', 'REQUEST#'] },
    { table: 'transactions', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['RATE#'] },
    { table: 'transactions', actions: ['GetItem'], prefixes: ['TICKET#'] },
    { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
  ],
  sns: ['CreatePlatformEndpoint', 'GetEndpointAttributes', 'SetEndpointAttributes', 'DeleteEndpoint', 'Publish'],
  topic: ['Publish'],
  firehose: ['PutRecord'],
  kms: [],
  timeoutSeconds: 10,
  memoryMegabytes: 1024,
} as const satisfies FunctionSpec;
