import { APPLICATIONS_ENVIRONMENT, type FunctionSpec, INTERNAL } from '../../provider/core/operating/function-spec.ts';

/** Routes, variables and permissions of this function. The stack and the local gateway read this data. */
export const spec = {
  ...INTERNAL,
  description: 'Marks devices unreachable when SNS reports that their push endpoint is dead',
  environment: ['DIRECTORY_TABLE', 'METRICS_NAMESPACE', ...APPLICATIONS_ENVIRONMENT],
  tables: [
    { table: 'directory', actions: ['GetItem'], prefixes: ['ENDPOINT#'] },
    { table: 'directory', actions: ['UpdateItem'], prefixes: ['USER#'] },
  ],
  sns: ['GetEndpointAttributes'],
  timeoutSeconds: 15,
  memoryMegabytes: 256,
} as const satisfies FunctionSpec;
