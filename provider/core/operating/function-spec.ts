// The types of what each function's `function.ts` says about it. It is plain data: the CDK app deploys from it, and the
// local gateway runs from it.

import type { EndpointAction } from './push-rights.ts';

/** Tables by role. docs/storage.md lists the key prefixes in them. */
export type TableRole = 'directory' | 'transactions';

/**
 * What a function may do to items with some key prefixes of a table. It becomes one statement with
 * `dynamodb:LeadingKeys`.
 */
export type TableGrant = {
  readonly table: TableRole;
  readonly actions: readonly string[];
  readonly prefixes: readonly string[];
};

/** What a function may do to the items with some whole partition keys. */
export type KeyGrant = Pick<TableGrant, 'table' | 'actions'> & { readonly keys: readonly string[] };

/**
 * Variables of functions that only serve the deployment. The construct that creates the function knows their values.
 */
export type DeploymentVariable =
  | 'PLATFORM_APPLICATIONS'
  | 'SIGNING_KEYS_FUNCTION'
  | 'SYNTHETIC_SECRET'
  | 'LOGIN_FUNCTIONS'
  | 'ORIGIN_HOST'
  | 'TRUSTSTORE_BUCKET'
  | 'CERTIFICATE_OWNER'
  | 'VIEWER_CERTIFICATE'
  | 'EVENT_BUS'
  | 'EXPIRY_QUEUE_URL';

/** The environment variables that `adapters/config.ts` and `adapters/settings.ts` read, and one that Node reads. */
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
  | 'CLIENT_SECRET_DAYS'
  | 'KEY_ROTATION'
  | 'ACR_POLICY'
  | 'LOGIN_HINT_TOKEN_ISSUERS'
  | 'BINDING_MESSAGE_PATTERN'
  | 'BINDING_MESSAGES'
  | 'NOTIFICATION_TOPIC'
  | 'NOTIFICATION_QUEUE_URL'
  | 'DEAD_LETTER_QUEUE_URL'
  | 'NOTIFICATION_NETWORKS'
  | 'NOTIFICATION_PORTS'
  | 'OPERATORS'
  | 'METRICS_NAMESPACE'
  | 'AUDIT_STREAM'
  | 'AUDIT_OUTAGE'
  | 'UV_THREADPOOL_SIZE'
  | 'SHIELDED_NAME'
  | DeploymentVariable;

/** Calls per second from all callers together (`rate`), and how many may come at once (`burst`). */
export type Throttle = { readonly rate: number; readonly burst: number };

/**
 * What API Gateway lets through to each route of a function, unless the member `setting` of the setting `throttles`
 * says otherwise.
 */
export type RouteThrottle = Throttle & { readonly setting: 'authentication' | 'token' | 'device' | 'others' };

/** One deployed function. */
export type FunctionSpec = {
  /** One sentence for the console. */
  readonly description: string;
  /** `METHOD /path` as in API Gateway's HTTP API. Empty for functions that are not called over HTTP. */
  readonly routes: readonly string[];
  /**
   * What each of the routes lets through. The gateway counts the calls of a route on their own. Absent if the function
   * has no routes.
   */
  readonly throttle?: RouteThrottle;
  /**
   * `iam`: API Gateway accepts only calls that are signed with SigV4. OAuth clients and phones are authenticated by the
   * function itself.
   */
  readonly authorizer: 'none' | 'iam';
  readonly environment: readonly EnvironmentName[];
  readonly tables: readonly (TableGrant | KeyGrant)[];
  /** Actions on the endpoints and applications of the configured platforms. */
  readonly sns: readonly ('CreatePlatformEndpoint' | EndpointAction)[];
  /** Actions on the topic on which decisions are announced, and on the queue that is subscribed to it. */
  readonly topic?: readonly string[];
  readonly sqs?: readonly string[];
  /** Actions on the delivery stream that stores audit records. */
  readonly firehose?: readonly string[];
  /** Actions on the dead-letter queue. */
  readonly deadLetters?: readonly string[];
  /** Actions on the KMS key, for the purpose of signing keys. */
  readonly kms: readonly string[];
  /** Actions on the KMS key, for the purpose of the keys that seal tokens until their delivery. */
  readonly deliveryKeys?: readonly string[];
  /**
   * A function that is called over HTTP needs time for two calls to AWS in a row, each of three tries of one second,
   * and for its answer. API Gateway would wait 30 seconds.
   */
  readonly timeoutSeconds: number;
  /**
   * The share of the processor grows with the memory. 1024 where a person or a client waits for a signature, less where
   * little is computed or no one waits.
   */
  readonly memoryMegabytes: number;
};

/** Returns what each route of a function lets through: what the settings say, or else what its `function.ts` says. */
export function throttleOf(
  { throttle }: Pick<FunctionSpec, 'throttle'>,
  settings: Partial<Readonly<Record<RouteThrottle['setting'], Throttle | undefined>>> = {},
): Throttle | undefined {
  return throttle && (settings[throttle.setting] ?? throttle);
}

/** Variables of a function with rights on push endpoints. */
export const APPLICATIONS_ENVIRONMENT = [
  'APNS_APPLICATION_ARN',
  'APNS_SANDBOX_APPLICATION_ARN',
  'GCM_APPLICATION_ARN',
] as const;
/** Variables of a function that pushes to phones. */
export const PUSH_ENVIRONMENT = [...APPLICATIONS_ENVIRONMENT, 'APNS_TOPIC'] as const;
/** Variables of a function that stores audit records. */
export const AUDIT_ENVIRONMENT = ['AUDIT_STREAM', 'AUDIT_OUTAGE'] as const;
/** The permission to read the log level. */
export const LOG_LEVEL: TableGrant = { table: 'directory', actions: ['GetItem'], prefixes: ['SETTING#'] };
/** The permissions that client authentication needs. */
export const CLIENT_AUTHENTICATION: readonly TableGrant[] = [
  { table: 'directory', actions: ['GetItem'], prefixes: ['CLIENT#'] },
  { table: 'transactions', actions: ['PutItem'], prefixes: ['JTI#'] },
];
/** Variables of a function that authenticates clients: it fetches the keys of some at their `jwks_uri`. */
export const CLIENT_KEYS_ENVIRONMENT = ['NOTIFICATION_NETWORKS', 'UV_THREADPOOL_SIZE'] as const;
/** What functions that are not called over HTTP have in common. */
export const INTERNAL = { routes: [], authorizer: 'none', tables: [], sns: [], kms: [] } as const;

/** Both tables have the same shape: string keys `pk` and `sk`. Only Transactions has `ttl`, in epoch seconds. */
export const tables = {
  directory: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: undefined },
  transactions: { partitionKey: 'pk', sortKey: 'sk', ttlAttribute: 'ttl' },
} as const satisfies Record<TableRole, { partitionKey: string; sortKey: string; ttlAttribute: string | undefined }>;
