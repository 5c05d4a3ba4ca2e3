import * as v from 'valibot';
import { PLATFORMS, type Platform } from '../core/device/device.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;
/** The environment of the function. No other code of the functions reads `process.env`. */
export const environment: Environment = process.env;

/**
 * The names of the account's resources that the adapters need. Reading a member throws if it is required and its
 * variable is missing.
 */
export type Resources = {
  readonly directoryTable: string;
  readonly transactionsTable: string;
  readonly signingKmsKey: string;
  readonly applicationArns: Readonly<Partial<Record<Platform, string>>>;
  /** The app's bundle id, which APNs calls the topic. */
  readonly apnsTopic: string | undefined;
  /** The topic on which decisions are announced. */
  readonly notificationTopic: string;
  /**
   * The delivery stream that stores audit records, undefined if the deployment has no audit store. The address of
   * Firehose is undefined in AWS, where it follows from the region.
   */
  readonly audit: {
    readonly stream: string | undefined;
    readonly endpoint: string | undefined;
    /** How long the body of an answer may take. */
    readonly milliseconds: number;
  };
  /** The name under which nobody but CloudFront can call the API. Undefined without the shield. */
  readonly shieldedName: string | undefined;
  /** The CloudWatch namespace of the metrics that the log lines contain. */
  readonly metricsNamespace: string;
};

/** Returns the longest time that one call to AWS may take, in milliseconds. */
export function awsCallMilliseconds(env: Environment = environment): number {
  return Number(env['AWS_CALL_MILLISECONDS'] ?? 1000);
}

/** Whether Lambda loads this code. It sets the variable in each environment that it makes. */
export function isInLambda(env: Environment = environment): boolean {
  return env['AWS_LAMBDA_INITIALIZATION_TYPE'] !== undefined;
}

/** Reads the names of the account's resources. */
export function readResources(env: Environment = environment): Resources {
  return {
    get directoryTable() {
      return required(env, 'DIRECTORY_TABLE');
    },
    get transactionsTable() {
      return required(env, 'TRANSACTIONS_TABLE');
    },
    get signingKmsKey() {
      return required(env, 'SIGNING_KMS_KEY');
    },
    applicationArns: applicationArnsIn(env),
    apnsTopic: env['APNS_TOPIC'] || undefined,
    get notificationTopic() {
      return required(env, 'NOTIFICATION_TOPIC');
    },
    audit: auditStoreIn(env),
    shieldedName: env['SHIELDED_NAME'],
    get metricsNamespace() {
      return required(env, 'METRICS_NAMESPACE');
    },
  };
}

// What few functions need has a function of its own here, so that the bundles of the others do not carry it.

/** Reads where announced decisions wait until the client is notified. */
export function readNotificationQueueUrl(env: Environment = environment): string {
  return required(env, 'NOTIFICATION_QUEUE_URL');
}

/** Reads where messages go that could not be delivered. */
export function readDeadLetterQueueUrl(env: Environment = environment): string {
  return required(env, 'DEAD_LETTER_QUEUE_URL');
}

/** Reads the operators whom the admin API lets in. Empty if IAM alone decides. */
export function readOperators(env: Environment = environment): readonly string[] {
  return json(env, 'OPERATORS', v.array(v.string()));
}

/**
 * Reads networks such as `10.0.0.0/8` in which clients may be called, in addition to the public internet: to notify
 * them, and to fetch their keys. Empty in an AWS account.
 */
export function readNotificationNetworks(env: Environment = environment): readonly string[] {
  return env['NOTIFICATION_NETWORKS'] ? env['NOTIFICATION_NETWORKS'].split(',') : [];
}

/** Reads which platform applications the deployment creates. */
export function readPlatformApplications(env: Environment = environment) {
  const schema = v.array(
    v.strictObject({
      platform: v.picklist(PLATFORMS),
      name: v.string(),
      arn: v.string(),
      secretArn: v.string(),
      bundleId: v.optional(v.string()),
      eventsTopicArn: v.string(),
    }),
  );
  return json(env, 'PLATFORM_APPLICATIONS', schema);
}

/** Returns the name of the function that makes signing keys. */
export function readSigningKeysFunction(env: Environment = environment): string {
  return required(env, 'SIGNING_KEYS_FUNCTION');
}

/** Returns the ARN of the synthetic login's secret. */
export function readSyntheticSecret(env: Environment = environment): string {
  return required(env, 'SYNTHETIC_SECRET');
}

/**
 * Reads what the test of a new version needs: the functions that a login calls, the addresses of services, and the time
 * for one call. An address is undefined in AWS, where it follows from the region.
 */
export function readVersionTest(env: Environment = environment) {
  const milliseconds = awsCallMilliseconds(env);
  return {
    functions: json(
      env,
      'LOGIN_FUNCTIONS',
      v.array(v.strictObject({ functionName: v.string(), routes: v.array(v.string()) })),
    ),
    codeDeploy: { endpoint: endpointIn(env, 'CODEDEPLOY'), milliseconds: Math.max(5000, milliseconds) },
    lambda: { endpoint: endpointIn(env, 'LAMBDA'), milliseconds: Math.max(20_000, milliseconds) },
  };
}

/** What the function behind the certificate of CloudFront works on, and where it calls S3 and API Gateway. */
export function readOriginResources(env: Environment = environment) {
  return {
    /** The API's own domain name. */
    host: required(env, 'ORIGIN_HOST'),
    bucket: required(env, 'TRUSTSTORE_BUCKET'),
    /** The name of the stack. */
    owner: required(env, 'CERTIFICATE_OWNER'),
    /** The ARN of the certificate that CloudFront shows to callers. */
    viewerCertificate: required(env, 'VIEWER_CERTIFICATE'),
    region: required(env, 'AWS_REGION'),
    /** The address of a stand-in, undefined in AWS. */
    endpoint: env['AWS_ENDPOINT_URL'] || undefined,
    /** How long an answer of S3 or API Gateway may take. Only the deployment and a schedule wait for it. */
    milliseconds: Math.max(20_000, awsCallMilliseconds(env)),
  };
}

/**
 * Reads where events for other systems go, and the queue of reminders of requests that may expire. The address of
 * EventBridge is undefined in AWS, where it follows from the region. Throws if a variable is missing.
 */
export function readEvents(env: Environment = environment) {
  return {
    bus: required(env, 'EVENT_BUS'),
    endpoint: endpointIn(env, 'EVENTBRIDGE'),
    /** How long an answer of EventBridge may take. */
    milliseconds: awsCallMilliseconds(env),
    expiryQueueUrl: required(env, 'EXPIRY_QUEUE_URL'),
  };
}

/** Reads where SNS is, and how long each try of a call may take. */
export function readSnsService(env: Environment = environment) {
  return { endpoint: endpointIn(env, 'SNS'), milliseconds: awsCallMilliseconds(env) };
}

/** Reads where KMS is, and how long each try of a call may take. */
export function readKmsService(env: Environment = environment) {
  return { endpoint: endpointIn(env, 'KMS'), milliseconds: awsCallMilliseconds(env) };
}

/** The same for making keys. KMS takes longer to make an RSA key pair, and no client waits for it. */
export function readPatientKmsService(env: Environment = environment) {
  const { endpoint, milliseconds } = readKmsService(env);
  return { endpoint, milliseconds: Math.max(10_000, milliseconds) };
}

function auditStoreIn(env: Environment): Resources['audit'] {
  const endpoint = env['AWS_ENDPOINT_URL_FIREHOSE'] || env['AWS_ENDPOINT_URL'] || undefined;
  return { stream: env['AUDIT_STREAM'] || undefined, endpoint, milliseconds: awsCallMilliseconds(env) };
}

/** Returns the address of a service outside AWS, as the SDK reads it. */
function endpointIn(env: Environment, service: string): string | undefined {
  return env[`AWS_ENDPOINT_URL_${service}`] || env['AWS_ENDPOINT_URL'] || undefined;
}

function applicationArnsIn(env: Environment): Resources['applicationArns'] {
  return {
    ...optionalArn('APNS', env['APNS_APPLICATION_ARN']),
    ...optionalArn('APNS_SANDBOX', env['APNS_SANDBOX_APPLICATION_ARN']),
    ...optionalArn('GCM', env['GCM_APPLICATION_ARN']),
  };
}

function optionalArn(platform: Platform, arn: string | undefined): Partial<Record<Platform, string>> {
  return arn ? { [platform]: arn } : {};
}

/** Returns a variable. Throws if it is missing or empty. */
export function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

/**
 * Reads a variable that holds a JSON list or object. A missing variable is an empty list or object. Throws if it does
 * not fit the schema.
 */
export function json<Schema extends v.GenericSchema>(
  env: Environment,
  name: string,
  schema: Schema,
): v.InferOutput<Schema> {
  const none = schema.type === 'array' ? '[]' : '{}';
  const result = v.safeParse(schema, JSON.parse(env[name] || none));
  if (!result.success) throw new Error(`the environment variable ${name} is not valid: ${v.summarize(result.issues)}`);
  return result.output;
}
