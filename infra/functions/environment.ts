import type {
  DeploymentVariable,
  EnvironmentName,
  FunctionSpec,
  TableRole,
} from '../../provider/core/operating/function-spec.ts';
import type { ApplicationArns } from '../push/application-arns.ts';
import type { CibaProviderProps } from '../settings/provider-props.ts';

type Sources = {
  readonly issuer: string;
  readonly tableNames: Readonly<Record<TableRole, string>>;
  readonly signingKmsKeyArn: string;
  readonly notifications: { readonly topicArn: string; readonly queueUrl: string };
  readonly applicationArns: ApplicationArns;
  readonly metricsNamespace: string;
  readonly settings: CibaProviderProps;
};

/** The value of every variable that a function may ask for; undefined where a setting is not made. */
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
    KEY_ROTATION: json(settings.rotation),
    ACR_POLICY: json(settings.acrPolicy),
    BINDING_MESSAGE_PATTERN: settings.bindingMessagePattern,
    NOTIFICATION_TOPIC: sources.notifications.topicArn,
    NOTIFICATION_QUEUE_URL: sources.notifications.queueUrl,
    // Public addresses only: clients in a private network are for one machine alone.
    NOTIFICATION_NETWORKS: undefined,
    // Names are looked up by threads, half of Node's four at most: two names of slow clients would stop everybody's
    // lookups, those of AWS included.
    UV_THREADPOOL_SIZE: '32',
    METRICS_NAMESPACE: sources.metricsNamespace,
  };
}

/** The variables of one function: those of its row, and of them those that have a value. */
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
