import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Makes and refreshes the SNS platform applications from their secrets',
  environment: ['PLATFORM_APPLICATIONS', 'METRICS_NAMESPACE'],
  timeoutSeconds: 120,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
