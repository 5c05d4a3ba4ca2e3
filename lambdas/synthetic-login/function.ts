import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function: data, from which the stack and the local gateway run. */
export const spec = {
  ...INTERNAL,
  description: 'Logs in at the public address as a client and a phone would; the smoke test of each deployment',
  environment: ['ISSUER', 'SYNTHETIC_SECRET'],
  // A name or a secret that was just made is waited for, for a minute.
  timeoutSeconds: 120,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
