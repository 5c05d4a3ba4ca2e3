import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Makes and renews the certificate by which CloudFront proves itself to the API',
  environment: ['ORIGIN_HOST', 'TRUSTSTORE_BUCKET', 'CERTIFICATE_OWNER', 'VIEWER_CERTIFICATE', 'METRICS_NAMESPACE'],
  // It waits until API Gateway has read a new truststore.
  timeoutSeconds: 900,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
