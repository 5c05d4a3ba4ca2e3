import { type FunctionSpec, LOG_LEVEL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  description: 'Discovery documents, the key set, and an authorization endpoint that refuses',
  routes: [
    'GET /.well-known/openid-configuration',
    'HEAD /.well-known/openid-configuration',
    'OPTIONS /.well-known/openid-configuration',
    'GET /.well-known/oauth-authorization-server',
    'HEAD /.well-known/oauth-authorization-server',
    'OPTIONS /.well-known/oauth-authorization-server',
    'GET /.well-known/jwks.json',
    'HEAD /.well-known/jwks.json',
    'OPTIONS /.well-known/jwks.json',
    'GET /authorize',
    'POST /authorize',
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
