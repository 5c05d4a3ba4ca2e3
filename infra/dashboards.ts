import { Duration, Stack } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  type Alarm,
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  type IWidget,
  MathExpression,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';
import type { ProviderMetrics } from './metrics.ts';
import type { ProviderFunction } from './provider-function.ts';

const FIVE_MINUTES = Duration.minutes(5);

type DashboardsProps = {
  readonly issuer: string;
  readonly metrics: ProviderMetrics;
  readonly stage: HttpStage;
  readonly functions: readonly ProviderFunction[];
  readonly tables: readonly ITableV2[];
  readonly alarms: readonly Alarm[];
  readonly applicationArns: readonly string[];
};

/** Two dashboards: how logins go, for everybody; and how the machinery runs, for operators. */
export class Dashboards extends Construct {
  readonly business: Dashboard;
  readonly technical: Dashboard;

  constructor(scope: Construct, id: string, props: DashboardsProps) {
    super(scope, id);
    const { stackName } = Stack.of(this);
    this.business = new Dashboard(this, 'Business', {
      dashboardName: `${stackName}-business`,
      defaultInterval: Duration.days(1),
      widgets: businessWidgets(props),
    });
    this.technical = new Dashboard(this, 'Technical', {
      dashboardName: `${stackName}-technical`,
      defaultInterval: Duration.hours(6),
      widgets: technicalWidgets(props),
    });
  }
}

function businessWidgets({ metrics, issuer, applicationArns }: DashboardsProps): IWidget[][] {
  const metric = metrics.metric.bind(metrics);
  const approval = (statistic: string) => metric('ApprovalSeconds', { statistic, label: statistic });
  const pollsPerLogin = new MathExpression({
    expression: 'IF(logins > 0, calls / logins)',
    usingMetrics: { calls: metric('TokenCalls'), logins: metric('Logins') },
    label: 'token calls per login',
    period: FIVE_MINUTES,
  });
  return [
    [new TextWidget({ width: 24, height: 2, markdown: `# Logins at ${issuer}\n${pushNote(applicationArns)}` })],
    [
      graph('Requests', [metric('RequestsStarted'), metric('Approvals'), metric('Denials'), metric('Expiries')]),
      graph('Logins', [metric('Logins'), metric('RepeatedRedemptions')]),
      graph('Seconds until approval', [approval('p50'), approval('p95')]),
    ],
    [
      graph('Nobody to ask', [metric('NoReachableDevice'), metric('PushOutages'), metric('PushEndpointsDead')]),
      graph('Limited', [metric('UsersLimited'), metric('ClientsLimited'), metric('SlowDowns')]),
      graph('Polling', [pollsPerLogin]),
    ],
    [
      graph('Devices', [metric('DevicesEnrolled'), metric('DevicesRefused')]),
      graph('Clients that failed to authenticate', [
        metric('ClientAuthenticationFailures'),
        metric('AssertionReplays'),
      ]),
      graph('Refusals by error', [search(metrics.namespace, '{NS,error,service} MetricName="Refusals"')]),
    ],
    notificationWidgets(metrics),
  ];
}

function notificationWidgets(metrics: ProviderMetrics): IWidget[] {
  return [
    graph('Pings by what came of them', [
      search(metrics.namespace, '{NS,detail} MetricName="PingAttempts"'),
      metrics.metric('PingsGivenUp'),
    ]),
    graph('Seconds until a ping', [metrics.metric('PingSeconds', { statistic: 'p95', label: 'p95' })]),
    graph('Pushes that Apple or Google refused, by kind', [
      search(metrics.namespace, '{NS,detail} MetricName="PushDeliveryFailures"'),
    ]),
  ];
}

function technicalWidgets(props: DashboardsProps): IWidget[][] {
  const { stage, alarms } = props;
  const latency = (statistic: string) => stage.metricLatency({ statistic, label: statistic, period: FIVE_MINUTES });
  return [
    [new AlarmStatusWidget({ width: 24, height: 4, title: 'Alarms', alarms: [...alarms] })],
    [
      graph('API calls and errors', [stage.metricCount(), stage.metricClientError(), stage.metricServerError()]),
      graph('API latency in milliseconds', [latency('p50'), latency('p99')]),
      graph('Concurrent executions of the account', [accountConcurrency()]),
    ],
    functionWidgets(props),
    tableWidgets(props),
    pushWidgets(props),
  ];
}

function functionWidgets({ functions }: DashboardsProps): IWidget[] {
  const errors = functions.map(({ alias, name }) => alias.metricErrors({ label: name }));
  const throttles = functions.map(({ alias, name }) => alias.metricThrottles({ label: name }));
  const durations = functions.map(({ alias, name }) => alias.metricDuration({ label: name, statistic: 'p99' }));
  return [
    graph('Function errors', errors),
    graph('Function duration p99', durations),
    graph('Calls turned away by Lambda', throttles),
  ];
}

function tableWidgets({ tables }: DashboardsProps): IWidget[] {
  const each = (metricName: string) => tables.map((table) => tableMetric(table, metricName));
  return [
    graph('Table reads', each('ConsumedReadCapacityUnits')),
    graph('Table writes', each('ConsumedWriteCapacityUnits')),
    graph('Writes refused by their condition', each('ConditionalCheckFailedRequests')),
  ];
}

function pushWidgets({ applicationArns }: DashboardsProps): IWidget[] {
  const each = (metricName: string) => applicationArns.map((arn) => pushMetric(arn, metricName));
  return [
    graph('Pushes delivered', each('NumberOfNotificationsDelivered')),
    graph('Pushes failed', each('NumberOfNotificationsFailed')),
    graph('Calls of KMS', [kmsCalls()]),
  ];
}

function graph(title: string, left: IMetric[]): GraphWidget {
  return new GraphWidget({ title, left, width: 8, height: 6 });
}

function search(namespace: string, query: string): MathExpression {
  const expression = `SEARCH('${query.replace('NS', `"${namespace}"`)}', 'Sum', 300)`;
  return new MathExpression({ expression, usingMetrics: {}, label: '', period: FIVE_MINUTES });
}

function tableMetric(table: ITableV2, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName },
    statistic: 'Sum',
  });
}

function pushMetric(applicationArn: string, metricName: string): Metric {
  const [platform = '', application = ''] = applicationArn.split(':app/').at(-1)?.split('/') ?? [];
  return new Metric({
    namespace: 'AWS/SNS',
    metricName,
    dimensionsMap: { Application: application, Platform: platform },
    statistic: 'Sum',
    label: platform,
  });
}

function kmsCalls(): Metric {
  return new Metric({
    namespace: 'AWS/Usage',
    metricName: 'CallCount',
    dimensionsMap: { Service: 'KMS', Type: 'API', Resource: 'Decrypt', Class: 'None' },
    statistic: 'Sum',
  });
}

function accountConcurrency(): Metric {
  return new Metric({ namespace: 'AWS/Lambda', metricName: 'ConcurrentExecutions', statistic: 'Maximum' });
}

function pushNote(applicationArns: readonly string[]): string {
  if (applicationArns.length > 0) return '';
  return '**No push credentials are set: no phone can enrol, and nobody can be asked.** See docs/deploy.md.';
}
