// What the `function.ts` of each deployed function says of it. Plain data: the CDK app deploys from it, the local gateway
// runs from it.

/** Tables by role; the key prefixes in them are those of docs/storage.md. */
export type TableRole = 'directory' | 'transactions';

/** What a function may do to items of some key prefixes of a table. It becomes one statement with `dynamodb:LeadingKeys`. */
export type TableGrant = {
  readonly table: TableRole;
  readonly actions: readonly string[];
  readonly prefixes: readonly string[];
};

/** What a function may do to the items of some partition keys, each named whole. */
export type KeyGrant = Pick<TableGrant, 'table' | 'actions'> & { readonly keys: readonly string[] };

/** Variables of functions with duties around the deployment alone; whoever makes the function knows the value. */
export type DeploymentVariable = 'PLATFORM_APPLICATIONS' | 'SIGNING_KEYS_FUNCTION' | 'SYNTHETIC_SECRET';

/** Environment variables that `adapters/config.ts` and `adapters/settings.ts` read, and one that Node reads. */
export type EnvironmentName =
  | 'ISSUER'
  | 'PREVIOUS_ISSUERS'
  | 'DIRECTORY_TABLE'
  | 'TRANSACTIONS_TABLE'
  | 'SIGNING_KMS_KEY'
  | 'APNS_APPLICATION_ARN'
  | 'APNS_SANDBOX_APPLICATION_ARN'
  | 'GCM_APPLICATION_ARN'
  | 'APNS_TOPIC'
  | 'REQUEST_LIMITS'
  | 'TOKEN_LIFETIMES'
  | 'KEY_ROTATION'
  | 'ACR_POLICY'
  | 'BINDING_MESSAGE_PATTERN'
  | 'NOTIFICATION_TOPIC'
  | 'NOTIFICATION_QUEUE_URL'
  | 'NOTIFICATION_NETWORKS'
  | 'METRICS_NAMESPACE'
  | 'UV_THREADPOOL_SIZE'
  | DeploymentVariable;

/** One deployed function. */
export type FunctionSpec = {
  /** One sentence for the console. */
  readonly description: string;
  /** `METHOD /path` as API Gateway's HTTP API has it; none for functions that are not called over HTTP. */
  readonly routes: readonly string[];
  /** `iam`: API Gateway lets only SigV4-signed calls through. OAuth clients and phones are authenticated in code. */
  readonly authorizer: 'none' | 'iam';
  readonly environment: readonly EnvironmentName[];
  readonly tables: readonly (TableGrant | KeyGrant)[];
  /** Actions on the endpoints and applications of the configured platforms. */
  readonly sns: readonly string[];
  /** Actions on the topic where decisions are announced, and on the queue that is subscribed to it. */
  readonly topic?: readonly string[];
  readonly sqs?: readonly string[];
  /** Actions on the key that encrypts signing keys. */
  readonly kms: readonly string[];
  /** Three tries of a second each at AWS, twice in a row, and room to answer; API Gateway would wait 30. */
  readonly timeoutSeconds: number;
  /**
   * Processor share follows memory. 1024 where a person or a client waits for a signature; 512 where little is computed
   * or nobody waits.
   */
  readonly memoryMegabytes: number;
};

/** Variables of a function that reaches phones. */
export const PUSH_ENVIRONMENT = [
  'APNS_APPLICATION_ARN',
  'APNS_SANDBOX_APPLICATION_ARN',
  'GCM_APPLICATION_ARN',
  'APNS_TOPIC',
] as const;
/** What it takes to authenticate clients. */
export const CLIENT_AUTHENTICATION: readonly TableGrant[] = [
  { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
  { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
];
/** What functions share that nobody calls over HTTP. */
export const INTERNAL = { routes: [], authorizer: 'none', tables: [], sns: [], kms: [] } as const;

/** Both tables have the same shape: string keys `pk` and `sk`; `ttl` in epoch seconds on Transactions alone. */
export const tables = {
  directory: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: undefined },
  transactions: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'ttl' },
} as const satisfies Record<TableRole, { partitionKey: string; sortKey: string; ttlAttribute: string | undefined }>;
