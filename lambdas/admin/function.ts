import { AUDIT_ENVIRONMENT, type FunctionSpec, PUSH_ENVIRONMENT } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
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
    'GET /admin/users/{sub}/tickets',
    'DELETE /admin/users/{sub}/tickets',
    'GET /admin/users/{sub}/devices',
    'DELETE /admin/users/{sub}/devices/{device_id}',
  ],
  // API Gateway refuses strangers here, before the function is called.
  throttle: { setting: 'others', rate: 100, burst: 200 },
  authorizer: 'iam',
  environment: [
    'ISSUER',
    'PREVIOUS_ISSUERS',
    'DIRECTORY_TABLE',
    'TRANSACTIONS_TABLE',
    'METRICS_NAMESPACE',
    ...AUDIT_ENVIRONMENT,
    ...PUSH_ENVIRONMENT,
  ],
  tables: [
    {
      table: 'directory',
      actions: ['GetItem', 'BatchGetItem', 'Query', 'PutItem', 'DeleteItem'],
      prefixes: ['CLIENT#'],
    },
    { table: 'directory', actions: ['GetItem', 'PutItem', 'DeleteItem'], prefixes: ['LOGIN#'] },
    { table: 'directory', actions: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'], prefixes: ['USER#'] },
    { table: 'directory', actions: ['UpdateItem', 'DeleteItem'], prefixes: ['ENDPOINT#'] },
    { table: 'transactions', actions: ['PutItem'], prefixes: ['TICKET#'] },
  ],
  sns: ['DeleteEndpoint'],
  firehose: ['PutRecord'],
  kms: [],
  timeoutSeconds: 15,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
