// What the table of functions says of each: see functions.ts.

/** Tables by role; the key prefixes in them are those of docs/storage.md. */
export type TableRole = 'directory' | 'transactions';

/** What a function may do to items of some key prefixes of a table. It becomes one statement with `dynamodb:LeadingKeys`. */
export type TableGrant = {
  readonly table: TableRole;
  readonly actions: readonly string[];
  readonly prefixes: readonly string[];
};

/** Environment variables that `provider/adapters/config.ts` reads, and one that Node reads. */
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
  | 'UV_THREADPOOL_SIZE';

export type FunctionSpec = {
  /** One sentence for the console. */
  readonly description: string;
  /** `METHOD /path` as API Gateway's HTTP API has it; none for functions that are not called over HTTP. */
  readonly routes: readonly string[];
  /** `iam`: API Gateway lets only SigV4-signed calls through. OAuth clients and phones are authenticated in code. */
  readonly authorizer: 'none' | 'iam';
  readonly environment: readonly EnvironmentName[];
  readonly tables: readonly TableGrant[];
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
