import type { EnvironmentName, FunctionSpec } from './functions.ts';

/** A function of the table, or one with duties around the deployment. */
export type DeployedSpec = Omit<FunctionSpec, 'environment'> & {
  readonly environment: readonly (EnvironmentName | 'PLATFORM_APPLICATIONS' | 'SIGNING_KEYS_FUNCTION')[];
};

const internal = { routes: [], authorizer: 'none', tables: [], sns: [], kms: [] } as const;

/**
 * Functions that nobody calls over HTTP and that the provider would run without: they exist in an account only. What
 * they may do beside the table is granted where they are made.
 */
export const deploymentFunctions = {
  'endpoint-events': {
    ...internal,
    description: 'Marks devices unreachable when SNS tells that their push endpoint died',
    environment: ['DIRECTORY_TABLE'],
    tables: [
      { table: 'directory', actions: ['GetItem'], prefixes: ['ENDPOINT#'] },
      { table: 'directory', actions: ['UpdateItem'], prefixes: ['USER#'] },
    ],
    sns: ['GetEndpointAttributes'],
    timeoutSeconds: 15,
    memoryMegabytes: 256,
  },
  'platform-application': {
    ...internal,
    description: 'Makes and refreshes the SNS platform applications from their secrets',
    environment: ['PLATFORM_APPLICATIONS'],
    timeoutSeconds: 120,
    memoryMegabytes: 256,
  },
  'first-keys': {
    ...internal,
    description: 'Has the signing keys made before the first request, or fails the deployment',
    environment: ['SIGNING_KEYS_FUNCTION'],
    timeoutSeconds: 120,
    memoryMegabytes: 256,
  },
} as const satisfies Record<string, DeployedSpec>;
