import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Logs in at the public address as a client and a phone would; the smoke test of each deployment',
  environment: ['ISSUER', 'SYNTHETIC_SECRET'],
  // A smoke test makes its last call after 270 s. It needs the rest for that call, and to answer CloudFormation.
  timeoutSeconds: 300,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
