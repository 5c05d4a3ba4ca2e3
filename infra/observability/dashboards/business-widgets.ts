import { type IMetric, type IWidget, MathExpression, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { ApplicationArns } from '../../push/application-arns.ts';
import type { ProviderMetrics } from '../metrics.ts';
import { FIVE_MINUTES, graph, search } from './graph.ts';

type BusinessProps = {
  readonly issuer: string;
  readonly metrics: ProviderMetrics;
  /** Calls of /token, which Lambda counts, with those of the synthetic login: three each time. */
  readonly tokenCalls: IMetric;
  readonly applicationArns: ApplicationArns;
  readonly syntheticLogin: ProviderFunction | undefined;
};

/** Makes the widgets about logins: requests of clients, answers of users, and what went wrong in between. */
export function businessWidgets(props: BusinessProps): IWidget[][] {
  const { metrics, tokenCalls, issuer, applicationArns, syntheticLogin } = props;
  const metric = metrics.metric.bind(metrics);
  const approval = (statistic: string) => metric('ApprovalSeconds', { statistic, label: statistic });
  const pollsPerLogin = new MathExpression({
    expression: 'IF(logins > 0, calls / logins)',
    usingMetrics: { calls: tokenCalls, logins: metric('Logins') },
    label: 'token calls per login',
    period: FIVE_MINUTES,
  });
  return [
    [heading(issuer, applicationArns)],
    [
      graph('Requests', [metric('RequestsStarted'), metric('Approvals'), metric('Denials'), metric('Expiries')]),
      graph('Logins', [metric('Logins'), metric('RepeatedRedemptions')]),
      graph('Seconds until approval', [approval('p50'), approval('p95')]),
    ],
    [
      graph('Phones not reached', [metric('NoReachableDevice'), metric('PushOutages'), metric('PushEndpointsDead')]),
      graph('Over a limit', [metric('UsersLimited'), metric('ClientsLimited'), metric('SlowDowns')]),
      graph('Polling', [pollsPerLogin]),
    ],
    [
      graph('Devices', [metric('DevicesEnrolled'), metric('DevicesRefused')]),
      graph('Client authentication failures', [metric('ClientAuthenticationFailures'), metric('AssertionReplays')]),
      graph('Refusals by function', [search(metrics.namespace, '{NS,service} MetricName="Refusals"')]),
    ],
    pushWidgets(metrics),
    pingWidgets(metrics),
    [
      graph('Audit records that the store did not acknowledge', [metric('AuditUnconfirmed')]),
      graph('Cold starts', [metric('ColdStarts')]),
      ...(syntheticLogin ? [canary(syntheticLogin)] : []),
    ],
  ];
}

function pushWidgets(metrics: ProviderMetrics): IWidget[] {
  return [
    graph('Push credentials', [metrics.metric('PushCredentialsNotApplied'), metrics.metric('PushCredentialsRefused')]),
    graph('Pushes that SNS did not take, by kind', [
      search(metrics.namespace, '{NS,push_error} MetricName="PushErrors"'),
    ]),
    graph('Pushes that Apple or Google refused, by kind', [
      search(metrics.namespace, '{NS,detail} MetricName="PushDeliveryFailures"'),
    ]),
  ];
}

function pingWidgets(metrics: ProviderMetrics): IWidget[] {
  return [
    graph('Pings by outcome', [
      search(metrics.namespace, '{NS,detail} MetricName="PingAttempts"'),
      metrics.metric('PingsGivenUp'),
    ]),
    graph('Seconds from decision to ping', [metrics.metric('PingSeconds', { statistic: 'p95', label: 'p95' })]),
  ];
}

/** Makes the title of the dashboard, with notes on push platforms that are not set up. */
function heading(issuer: string, applicationArns: ApplicationArns): TextWidget {
  const notes = [appleNote(applicationArns), googleNote(applicationArns)].flatMap((note) => note ?? []);
  const markdown = [`# Logins at ${issuer}`, ...notes].join('\n\n');
  return new TextWidget({ width: 24, height: 2 + notes.length, markdown });
}

function appleNote({ APNS, APNS_SANDBOX }: ApplicationArns): string | undefined {
  if (APNS) return undefined;
  return APNS_SANDBOX
    ? '**Pushes to iPhones (APNs) reach development builds only:** `apns` has no application for released apps. See docs/deploy.md, Pushes.'
    : '**Pushes to iPhones (APNs) are not set up:** no iPhone app can enrol for pushes. See docs/deploy.md, Pushes.';
}

function googleNote({ GCM }: ApplicationArns): string | undefined {
  if (GCM) return undefined;
  return '**Pushes to Android phones (FCM) are not set up:** no Android app can enrol for pushes. See docs/deploy.md, Pushes.';
}

/** Draws the share of scheduled logins that succeeded: the provider as its users see it. */
function canary({ alias }: ProviderFunction): IWidget {
  const period = FIVE_MINUTES;
  const success = new MathExpression({
    expression: '100 * (runs - failed) / runs',
    usingMetrics: {
      runs: alias.metricInvocations({ period, statistic: 'Sum' }),
      failed: alias.metricErrors({ period, statistic: 'Sum' }),
    },
    label: 'succeeded in percent',
    period,
  });
  return graph('Scheduled logins', [success]);
}
