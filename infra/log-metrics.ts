import { Duration, Stack } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { SYNTHETIC_ID } from './deployment-functions.ts';
import type { FunctionName } from './functions.ts';
import type { ProviderFunction } from './provider-function.ts';

/** A metric counted from the one line that every request leaves in the log. */
type LogMetric = {
  readonly from: readonly (FunctionName | 'platform-application' | 'endpoint-events')[];
  readonly pattern: string;
  /** A field of the line to take instead of counting. */
  readonly value?: string;
  /** Only fields with few values, all of them ours: never a client, a user or anything that was sent. */
  readonly dimensions?: Readonly<Record<string, string>>;
};

const HTTP: readonly FunctionName[] = ['backchannel-authentication', 'token', 'provider-metadata', 'device', 'admin'];
const CLIENTS: readonly FunctionName[] = ['backchannel-authentication', 'token'];

const request = (condition: string) => `{ $.message = "request" && ${condition} }`;
const reason = (name: string) => request(`$.reason = "${name}"`);

/** Of people only: the synthetic login redeems twice on purpose, and would be most of the logins of a quiet stage. */
const byPeople = (condition: string) => request(`${condition} && $.client_id != "${SYNTHETIC_ID}"`);
const byPhones = (condition: string) => request(`${condition} && $.device_id != "${SYNTHETIC_ID}"`);

/** Reasons are those of `lambdas/core/refusal.ts`. */
export const logMetrics = {
  RequestsStarted: { from: ['backchannel-authentication'], pattern: byPeople('$.status = 200') },
  UsersLimited: { from: ['backchannel-authentication'], pattern: reason('user_rate_limited') },
  ClientsLimited: { from: ['backchannel-authentication'], pattern: reason('client_rate_limited') },
  NoReachableDevice: { from: ['backchannel-authentication'], pattern: reason('no_reachable_device') },
  PushOutages: { from: ['backchannel-authentication'], pattern: reason('push_unavailable') },
  PushEndpointsDead: {
    from: ['backchannel-authentication'],
    pattern: request('($.push_errors = "*EndpointDisabled*" || $.push_errors = "*NotFound*")'),
  },
  PushCredentialsRefused: {
    from: ['backchannel-authentication'],
    pattern: request('($.push_errors = "*PlatformApplicationDisabled*" || $.push_errors = "*Authorization*")'),
  },
  PushCredentialsNotApplied: { from: ['platform-application'], pattern: request('$.status = 424') },
  /** What Apple and Google say after SNS had accepted a push, by SNS's own few kinds. */
  PushDeliveryFailures: {
    from: ['endpoint-events'],
    pattern: request('$.detail = "*"'),
    dimensions: { Kind: '$.detail' },
  },
  Approvals: { from: ['device'], pattern: byPhones('$.decision = "approve" && $.status < 300') },
  Denials: { from: ['device'], pattern: request('$.decision = "deny" && $.status < 300') },
  DevicesEnrolled: { from: ['device'], pattern: request('$.route = "POST /devices" && $.status = 201') },
  DevicesRefused: { from: ['device'], pattern: reason('device_not_authenticated') },
  TokenCalls: { from: ['token'], pattern: byPeople('$.status >= 200') },
  Logins: { from: ['token'], pattern: byPeople('$.status = 200') },
  ApprovalSeconds: { from: ['token'], pattern: byPeople('$.approval_seconds >= 0'), value: '$.approval_seconds' },
  SlowDowns: { from: ['token'], pattern: reason('polled_too_fast') },
  Expiries: {
    from: ['token'],
    pattern: request('($.reason = "request_expired" || $.reason = "approval_not_redeemed_in_time")'),
  },
  RepeatedRedemptions: { from: ['token'], pattern: byPeople('$.reason = "already_redeemed"') },
  AssertionReplays: { from: CLIENTS, pattern: reason('client_assertion_replayed') },
  ClientAuthenticationFailures: { from: CLIENTS, pattern: request('$.error = "invalid_client"') },
  /** By OAuth error code and function: about forty at most. */
  Refusals: {
    from: HTTP,
    pattern: request('$.error = "*"'),
    dimensions: { Service: '$.service', Error: '$.error' },
  },
  Faults: { from: HTTP, pattern: '{ $.message = "fault" }', dimensions: { Service: '$.service' } },
} as const satisfies Record<string, LogMetric>;

export type LogMetricName = keyof typeof logMetrics;

/**
 * Metric filters on the log lines. Counting in the log costs the functions nothing, neither bundle nor latency nor a
 * second line, and a new count needs no change of a function.
 */
export class LogMetrics extends Construct {
  readonly namespace: string;

  constructor(scope: Construct, id: string, functions: readonly ProviderFunction[]) {
    super(scope, id);
    this.namespace = `Ciba/${Stack.of(this).stackName}`;
    for (const [metricName, metric] of Object.entries<LogMetric>(logMetrics)) {
      for (const { name, logGroup } of functions.filter((one) => metric.from.some((from) => from === one.name))) {
        new MetricFilter(this, `${metricName}-${name}`, {
          logGroup,
          metricNamespace: this.namespace,
          metricName,
          filterPattern: FilterPattern.literal(metric.pattern),
          metricValue: metric.value ?? '1',
          ...(metric.dimensions && { dimensions: { ...metric.dimensions } }),
        });
      }
    }
  }

  metric(
    metricName: LogMetricName,
    options: { statistic?: string; minutes?: number; dimensions?: Record<string, string>; label?: string } = {},
  ): Metric {
    return new Metric({
      namespace: this.namespace,
      metricName,
      statistic: options.statistic ?? 'Sum',
      period: Duration.minutes(options.minutes ?? 5),
      label: options.label ?? metricName,
      ...(options.dimensions && { dimensionsMap: options.dimensions }),
    });
  }
}
