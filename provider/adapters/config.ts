import * as v from 'valibot';
import { wholeMessagePattern } from '../core/asking/binding-message.ts';
import { PLATFORMS, type Platform } from '../core/device/device.ts';
import { SHORTEST_PUBLICATION_SECONDS } from '../core/keys/signing-key.ts';
import { DEFAULTS } from '../core/operating/defaults.ts';
import type { Settings } from '../flows/ports.ts';

/** The environment of a function. The only reader of `process.env` among the functions. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the adapters need to know of the account. A member throws on first use when its variable is missing. */
export type Resources = {
  readonly directoryTable: string;
  readonly transactionsTable: string;
  readonly signingKmsKey: string;
  readonly applicationArns: Readonly<Partial<Record<Platform, string>>>;
  /** The app's bundle id, which APNs calls topic. */
  readonly apnsTopic: string | undefined;
  /** The platform applications that the deployment makes. */
  readonly platformApplications: readonly WantedApplication[];
  /** The function that makes signing keys. */
  readonly signingKeysFunction: string;
  /** Where decisions are announced that clients are to be notified of, and the queue where they wait. */
  readonly notificationTopic: string;
  readonly notificationQueueUrl: string;
  /** Networks, as `10.0.0.0/8`, that clients may be notified in beside the public internet. None in an account. */
  readonly notificationNetworks: readonly string[];
  /** ARN of the secret of the synthetic login. */
  readonly syntheticSecret: string;
  /** Where CloudWatch keeps what is counted in the log. */
  readonly metricsNamespace: string;
};

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

const requestLimits = v.strictObject({
  defaultExpiry: v.optional(positive, DEFAULTS.expirySeconds),
  expiryLimit: v.optional(positive, DEFAULTS.expiryLimitSeconds),
  interval: v.optional(positive, DEFAULTS.intervalSeconds),
  /** Push-fatigue limits per user; `off` only for test runs on one machine. */
  perUser: v.optional(
    v.union([v.literal('off'), v.strictObject({ perMinute: positive, perHour: positive })]),
    DEFAULTS.userLimits,
  ),
});
const tokenLifetimes = v.strictObject({
  idToken: v.optional(positive, DEFAULTS.idTokenSeconds),
  accessToken: v.optional(positive, DEFAULTS.accessTokenSeconds),
});
const keyRotation = v.strictObject({
  rotateAfter: v.optional(positive, DEFAULTS.rotateAfterSeconds),
  publishBeforeUse: v.optional(
    v.pipe(v.number(), v.integer(), v.minValue(SHORTEST_PUBLICATION_SECONDS)),
    DEFAULTS.publishBeforeUseSeconds,
  ),
  retireFor: v.optional(positive, DEFAULTS.retireForSeconds),
});
/** After that no `id_token_hint` is expected to carry the signature of a key that is gone. */
const KEEP_PUBLIC_KEYS_SECONDS = 90 * 86_400;
const platformApplications = v.array(
  v.strictObject({
    platform: v.picklist(PLATFORMS),
    name: v.string(),
    arn: v.string(),
    secretArn: v.string(),
    bundleId: v.optional(v.string()),
    eventsTopicArn: v.string(),
  }),
);
type WantedApplication = v.InferOutput<typeof platformApplications>[number];
const acrPolicy = v.array(v.strictObject({ acr: v.string(), anyOf: v.array(v.string()) }));

/** Reads the provider's settings. A malformed one stops the function at start, with its name. */
export function readSettings(env: Environment = process.env): Settings {
  const limits = json(env, 'REQUEST_LIMITS', requestLimits, '{}');
  const lifetimes = json(env, 'TOKEN_LIFETIMES', tokenLifetimes, '{}');
  const rotation = json(env, 'KEY_ROTATION', keyRotation, '{}');
  if (limits.defaultExpiry > limits.expiryLimit)
    throw new Error('REQUEST_LIMITS: defaultExpiry must not exceed expiryLimit');
  const pattern = env['BINDING_MESSAGE_PATTERN'];
  return {
    issuer: required(env, 'ISSUER'),
    previousIssuers: json(env, 'PREVIOUS_ISSUERS', v.array(v.string()), '[]'),
    expiry: { default: limits.defaultExpiry, limit: limits.expiryLimit },
    intervalSeconds: limits.interval,
    bindingMessagePattern: pattern ? wholeMessagePattern(pattern) : undefined,
    userLimits: limits.perUser === 'off' ? undefined : limits.perUser,
    lifetimes: { idTokenSeconds: lifetimes.idToken, accessTokenSeconds: lifetimes.accessToken },
    acrPolicy: json(env, 'ACR_POLICY', acrPolicy, '[]'),
    ticketLifetimeSeconds: 600,
    rotation: {
      rotateAfterSeconds: rotation.rotateAfter,
      publishBeforeUseSeconds: rotation.publishBeforeUse,
      retireForSeconds: rotation.retireFor,
      keepPublicForSeconds: KEEP_PUBLIC_KEYS_SECONDS,
    },
  };
}

/** Reads the names of the account's resources. */
export function readResources(env: Environment = process.env): Resources {
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
    applicationArns: {
      ...optionalArn('APNS', env['APNS_APPLICATION_ARN']),
      ...optionalArn('APNS_SANDBOX', env['APNS_SANDBOX_APPLICATION_ARN']),
      ...optionalArn('GCM', env['GCM_APPLICATION_ARN']),
    },
    apnsTopic: env['APNS_TOPIC'] || undefined,
    get notificationTopic() {
      return required(env, 'NOTIFICATION_TOPIC');
    },
    get notificationQueueUrl() {
      return required(env, 'NOTIFICATION_QUEUE_URL');
    },
    notificationNetworks: env['NOTIFICATION_NETWORKS']?.split(',') ?? [],
    get platformApplications() {
      return json(env, 'PLATFORM_APPLICATIONS', platformApplications, '[]');
    },
    get syntheticSecret() {
      return required(env, 'SYNTHETIC_SECRET');
    },
    get signingKeysFunction() {
      return required(env, 'SIGNING_KEYS_FUNCTION');
    },
    get metricsNamespace() {
      return required(env, 'METRICS_NAMESPACE');
    },
  };
}

function optionalArn(platform: Platform, arn: string | undefined): Partial<Record<Platform, string>> {
  return arn ? { [platform]: arn } : {};
}

function required(env: Environment, name: string): string {
  const value = env[name];
  if (!value) throw new Error(`the environment variable ${name} is not set`);
  return value;
}

function json<Schema extends v.GenericSchema>(
  env: Environment,
  name: string,
  schema: Schema,
  fallback: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, JSON.parse(env[name] || fallback));
  if (!result.success) throw new Error(`the environment variable ${name} is not valid: ${v.summarize(result.issues)}`);
  return result.output;
}
