import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Lets signing-keys create the keys before the first request, or fails the deployment',
  environment: ['SIGNING_KEYS_FUNCTION'],
  timeoutSeconds: 120,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
