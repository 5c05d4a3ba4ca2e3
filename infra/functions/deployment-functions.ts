import type { EnvironmentName, FunctionSpec, TableGrant } from './function-spec.ts';

/** What a function may do to the items of some partition keys, each named whole. */
export type KeyGrant = Pick<TableGrant, 'table' | 'actions'> & { readonly keys: readonly string[] };

/** A function of the table, or one with duties around the deployment. */
export type DeployedSpec = Omit<FunctionSpec, 'environment' | 'tables'> & {
  readonly environment: readonly (
    | EnvironmentName
    | 'PLATFORM_APPLICATIONS'
    | 'SIGNING_KEYS_FUNCTION'
    | 'SYNTHETIC_SECRET'
  )[];
  readonly tables: readonly (TableGrant | KeyGrant)[];
};

/** Client, user and device of the synthetic login, as `provider/core/operating/synthetic.ts` has it. */
export const SYNTHETIC_ID = 'synthetic-login';

const internal = { routes: [], authorizer: 'none', tables: [], sns: [], kms: [] } as const;

/**
 * Functions that nobody calls over HTTP and that the provider would run without: they exist in an account only. What
 * they may do beside the table is granted where they are made.
 */
export const deploymentFunctions = {
  'endpoint-events': {
    ...internal,
    description: 'Marks devices unreachable when SNS tells that their push endpoint died',
    environment: ['DIRECTORY_TABLE', 'METRICS_NAMESPACE'],
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
    environment: ['PLATFORM_APPLICATIONS', 'METRICS_NAMESPACE'],
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
  'synthetic-setup': {
    ...internal,
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
  },
  'synthetic-login': {
    ...internal,
    description: 'Logs in at the public address as a client and a phone would; the smoke test of each deployment',
    environment: ['ISSUER', 'SYNTHETIC_SECRET'],
    // A name or a secret that was just made is waited for, for a minute.
    timeoutSeconds: 120,
    memoryMegabytes: 256,
  },
} as const satisfies Record<string, DeployedSpec>;
