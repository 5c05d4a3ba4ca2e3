import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function: data, from which the stack and the local gateway run. */
export const spec = {
  ...INTERNAL,
  description: 'Has the signing keys made before the first request, or fails the deployment',
  environment: ['SIGNING_KEYS_FUNCTION'],
  timeoutSeconds: 120,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
