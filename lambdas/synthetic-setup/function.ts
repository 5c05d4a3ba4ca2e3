import { type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';
import { SYNTHETIC_ID } from '../../provider/core/operating/reserved.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Makes the client, the user and the device of the synthetic login, with new secrets',
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
