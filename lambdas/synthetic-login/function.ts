import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Logs in at the public address as a client and a phone would; the smoke test of each deployment',
  environment: ['ISSUER', 'SYNTHETIC_SECRET'],
  // The smoke test waits up to about a minute for a host name or a secret that was just made.
  timeoutSeconds: 120,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
