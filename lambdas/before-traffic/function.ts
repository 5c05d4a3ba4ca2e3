import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Logs in with a new version of a function before the version gets calls; the hook of each canary',
  environment: ['ISSUER', 'SYNTHETIC_SECRET', 'LOGIN_FUNCTIONS'],
  // Two times of logins, each of which makes its last call after 120 s. The rest is for these calls, and for CodeDeploy.
  timeoutSeconds: 420,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
