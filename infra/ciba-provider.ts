import { Stack } from 'aws-cdk-lib';
import type { HttpApi, HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import type { Alarm, CompositeAlarm, Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IEventBus } from 'aws-cdk-lib/aws-events';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MetricName } from '../provider/core/operating/metrics.ts';
import type { AdminRoute, Operators } from './api/operators.ts';
import { assemble } from './assembly.ts';
import { nameDeployment } from './deployment-name.ts';
import type { FunctionName } from './functions/deployed-functions.ts';
import { providerMetric } from './observability/provider-metric.ts';
import type { DeployedFunction } from './props/deployed-function.ts';
import type { CibaProviderProps } from './props/provider-props.ts';
import { isKnown } from './settings/known-place.ts';
import { parseProps } from './settings/settings.ts';
import { tagEverything } from './tags.ts';

/**
 * An OpenID Provider for Client-Initiated Backchannel Authentication. Add it to a stack of your own: it works without
 * any properties, except for pushes, which need a credential from Apple or Google. A stack may have several providers.
 *
 * Wrong properties throw a `SettingsError`, whose message is one sentence that says what to change.
 */
export class CibaProvider extends Construct {
  /** The `iss` of tokens: `https://`, the host, and a slash. */
  readonly issuer: string;
  /** The HTTP API with all routes. */
  readonly api: HttpApi;
  /** The stage `$default` of the API. Its metrics are those of all calls. */
  readonly stage: HttpStage;
  /** The functions of the provider, by the names of their folders in `lambdas/`. */
  readonly functions: Readonly<Record<FunctionName, DeployedFunction>>;
  /** The table of clients, users, devices and signing keys: that of the stack, or the restored one in its place. */
  readonly directoryTable: ITableV2;
  /** The table of what lives for minutes, such as requests: that of the stack, or the restored one in its place. */
  readonly transactionsTable: ITableV2;
  /** The KMS key that encrypts the private signing keys. Its policy denies decryption to all but the functions. */
  readonly signingKmsKey: Key;
  /** The bucket with the audit trail. Undefined where the removal policy is `DESTROY`. */
  readonly auditBucket: Bucket | undefined;
  /** The bus that gets events for other systems, for rules of your own. Undefined without the property `events`. */
  readonly bus: IEventBus | undefined;
  /** Keeps events that no function could handle, for two weeks. */
  readonly deadLetterQueue: IQueue;
  /** All alarms of the provider. Add actions of your own to them. */
  readonly alarms: readonly (Alarm | CompositeAlarm)[];
  /** Where alarms go: `page` for which somebody must act now, and `notice`. Undefined if nobody receives them. */
  readonly alarmTopics: Readonly<Record<'page' | 'notice', ITopic | undefined>>;
  /** The dashboard about logins, and the one about AWS resources. Undefined if they are off. */
  readonly dashboards: Readonly<Record<'business' | 'technical', Dashboard>> | undefined;
  readonly #operators: Operators;

  constructor(scope: Construct, id: string, props: CibaProviderProps = {}) {
    super(scope, id);
    const settings = parseProps(props, this.node.path, placeOf(this));
    nameDeployment(this);
    tagEverything(this, settings.tags);
    const { data, routes, events, alarms, dashboards, ...parts } = assemble(this, settings);
    this.issuer = parts.issuer;
    this.api = parts.api;
    this.stage = routes.stage;
    this.functions = parts.functions;
    this.directoryTable = data.tables.directory;
    this.transactionsTable = data.tables.transactions;
    this.signingKmsKey = data.signingKmsKey;
    this.auditBucket = data.audit?.bucket;
    this.bus = events?.bus;
    this.deadLetterQueue = parts.deadLetters;
    this.alarms = alarms.alarms;
    this.alarmTopics = alarms.topics;
    this.dashboards = dashboards && { business: dashboards.business, technical: dashboards.technical };
    this.#operators = parts.operators;
  }

  /**
   * Lets a role or a user of this account call the admin API, or the given routes of it alone, such as
   * `POST /admin/users/{sub}/tickets`. The whole of it can erase people, and export what they were shown and signed.
   * IAM cannot tell `GET /admin/users/{sub}` from what is below it, so a route is refused until you name those below, too.
   * Where `operators` is set, the provider itself refuses everybody else, so the identity is added to them, too. A role
   * of another stack needs a name of its own then, because two stacks cannot refer to each other. An identity of another
   * account must assume a role of this one. Default: all routes.
   */
  grantAdmin(grantee: IGrantable, routes?: readonly AdminRoute[]): Grant {
    return this.#operators.admit(this.stage, grantee, routes);
  }

  /**
   * Returns a metric that the functions count, by its name in docs/operations.md, such as `Denials`. Default: the sum
   * over five minutes. `Faults` and `Refusals` are counted by function: give `dimensionsMap: { service: 'token' }`.
   */
  metric(metricName: MetricName, options: MetricOptions = {}): Metric {
    return providerMetric(this, metricName, options);
  }

  /** Logins: calls that got tokens for a request, without those of the synthetic login. Default: the sum. */
  metricLogins(options: MetricOptions = {}): Metric {
    return this.metric('Logins', options);
  }

  /** Requests that ring somebody. Default: the sum. */
  metricRequests(options: MetricOptions = {}): Metric {
    return this.metric('RequestsStarted', options);
  }

  /** Approvals of users. Default: the sum. */
  metricApprovals(options: MetricOptions = {}): Metric {
    return this.metric('Approvals', options);
  }

  /** Denials of users, those that report fraud included. Default: the sum. */
  metricDenials(options: MetricOptions = {}): Metric {
    return this.metric('Denials', options);
  }

  /** Seconds from a request to its approval. Default: the median (`p50`). */
  metricApprovalTime(options: MetricOptions = {}): Metric {
    return this.metric('ApprovalSeconds', { statistic: 'p50', ...options });
  }
}

/** Returns where the stack is deployed, as far as it says so. */
function placeOf(scope: Construct): { readonly account?: string; readonly region?: string } {
  const { account, region } = Stack.of(scope);
  return { ...(isKnown(account) && { account }), ...(isKnown(region) && { region }) };
}
