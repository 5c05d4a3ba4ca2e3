import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type {
  DeploymentVariable,
  EnvironmentName,
  FunctionSpec,
  TableRole,
} from '../../provider/core/operating/function-spec.ts';
import type { ApplicationArns } from '../push/application-arns.ts';
import type { ProviderSettings } from '../settings/provider-settings.ts';

type Sources = {
  readonly issuer: string;
  readonly tableNames: Readonly<Record<TableRole, string>>;
  readonly signingKmsKeyArn: string;
  readonly notifications: { readonly topicArn: string; readonly queueUrl: string };
  readonly deadLetters: Pick<IQueue, 'queueUrl'>;
  readonly applicationArns: ApplicationArns;
  readonly metricsNamespace: string;
  /** Undefined if the settings switch the audit store off. */
  readonly auditStreamName: string | undefined;
  readonly settings: ProviderSettings;
};

/** Returns the value of every variable that a function may have, undefined where the settings have none. */
export function environmentFrom(
  sources: Sources,
): Readonly<Record<Exclude<EnvironmentName, DeploymentVariable>, string | undefined>> {
  const { settings, applicationArns } = sources;
  return {
    ISSUER: sources.issuer,
    PREVIOUS_ISSUERS: json(settings.previousIssuers),
    DIRECTORY_TABLE: sources.tableNames.directory,
    TRANSACTIONS_TABLE: sources.tableNames.transactions,
    SIGNING_KMS_KEY: sources.signingKmsKeyArn,
    APNS_APPLICATION_ARN: applicationArns.APNS,
    APNS_SANDBOX_APPLICATION_ARN: applicationArns.APNS_SANDBOX,
    GCM_APPLICATION_ARN: applicationArns.GCM,
    APNS_TOPIC: settings.apns?.bundleId,
    REQUEST_LIMITS: json(settings.limits),
    TOKEN_LIFETIMES: json(settings.lifetimes),
    CLIENT_SECRET_DAYS: settings.clientSecretDays?.toString(),
    KEY_ROTATION: json(settings.rotation),
    ACR_POLICY: json(settings.acrPolicy),
    LOGIN_HINT_TOKEN_ISSUERS: json(settings.loginHintTokenIssuers),
    BINDING_MESSAGE_PATTERN: settings.bindingMessagePattern,
    BINDING_MESSAGES: settings.bindingMessages,
    NOTIFICATION_TOPIC: sources.notifications.topicArn,
    NOTIFICATION_QUEUE_URL: sources.notifications.queueUrl,
    DEAD_LETTER_QUEUE_URL: sources.deadLetters.queueUrl,
    // Pings go to public addresses only, and keys are fetched only there. The local runtime sets this variable to reach
    // clients on the same machine.
    NOTIFICATION_NETWORKS: undefined,
    NOTIFICATION_PORTS: settings.notificationPorts?.join(','),
    OPERATORS: json(settings.operators),
    // DNS look-ups use at most half of Node's threads, which are four by default. Two slow look-ups of clients' names
    // would then block all others, those of AWS included.
    UV_THREADPOOL_SIZE: '32',
    METRICS_NAMESPACE: sources.metricsNamespace,
    AUDIT_STREAM: sources.auditStreamName,
    AUDIT_OUTAGE: settings.auditOutage,
    SHIELDED_NAME: shieldedNameOf(settings),
  };
}

/** The name under which nobody but CloudFront can call the API. While the origin is open, others can. */
function shieldedNameOf({ domain, shield }: ProviderSettings): string | undefined {
  return shield && shield.origin !== 'open' ? domain?.name : undefined;
}

/** Returns the variables that the `function.ts` of one function lists, without those that have no value. */
export function environmentOf(
  { environment }: FunctionSpec,
  values: Readonly<Partial<Record<FunctionSpec['environment'][number], string | undefined>>>,
): Record<string, string> {
  return Object.fromEntries(
    environment.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function json(setting: object | undefined): string | undefined {
  return setting && JSON.stringify(setting);
}
