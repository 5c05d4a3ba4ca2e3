import { type FunctionSpec, LOG_LEVEL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'Discovery documents and the key set',
  routes: [
    'GET /.well-known/openid-configuration',
    'GET /.well-known/oauth-authorization-server',
    'GET /.well-known/jwks.json',
  ],
  throttle: { setting: 'others', rate: 500, burst: 1000 },
  authorizer: 'none',
  environment: ['ISSUER', 'PREVIOUS_ISSUERS', 'DIRECTORY_TABLE', 'ACR_POLICY', 'METRICS_NAMESPACE', 'SHIELDED_NAME'],
  tables: [{ table: 'directory', actions: ['Query'], prefixes: ['KEY#'] }, LOG_LEVEL],
  sns: [],
  kms: [],
  timeoutSeconds: 10,
  memoryMegabytes: 512,
} as const satisfies FunctionSpec;
