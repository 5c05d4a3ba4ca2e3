import { AUDIT_ENVIRONMENT, type FunctionSpec } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
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
    ...AUDIT_ENVIRONMENT,
  ],
  tables: [
    { table: 'directory', actions: ['Query', 'PutItem', 'UpdateItem', 'DeleteItem'], prefixes: ['KEY#'] },
    { table: 'directory', actions: ['PutItem', 'DeleteItem'], prefixes: ['PRIVATEKEY#', 'DELIVERYKEY#'] },
    { table: 'directory', actions: ['Query'], prefixes: ['DELIVERYKEY#'] },
  ],
  sns: [],
  firehose: ['PutRecord'],
  kms: ['GenerateDataKeyPairWithoutPlaintext'],
  deliveryKeys: ['GenerateDataKeyWithoutPlaintext'],
  timeoutSeconds: 60,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
