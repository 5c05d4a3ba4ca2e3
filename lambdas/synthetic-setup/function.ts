import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/synthetic.ts';

/** Routes, variables and permissions of this function: data, from which the stack and the local gateway run. */
export const spec = {
  ...INTERNAL,
  description: 'Makes client, user and device of the synthetic login, with fresh secrets',
  environment: ['DIRECTORY_TABLE', 'SYNTHETIC_SECRET'],
  tables: [
    {
      table: 'directory',
      actions: ['PutItem', 'DeleteItem'],
      keys: [`CLIENT#${SYNTHETIC_ID}`, `USER#${SYNTHETIC_ID}`],
    },
  ],
  timeoutSeconds: 60,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
