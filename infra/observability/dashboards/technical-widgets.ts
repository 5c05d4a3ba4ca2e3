import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import {
  AlarmStatusWidget,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  Metric,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { DataStack } from '../../data/data-stack.ts';
import type { Deployment } from '../../deployment.ts';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import { LOGIN_ROUTES, routeMetric } from '../alarms/api.ts';
import { graph, whatToDo } from './graph.ts';

export type TechnicalProps = Pick<Deployment, 'deadLetters' | 'alarms'> & {
  readonly stage: HttpStage;
  /** The functions of the provider. */
  readonly functions: readonly ProviderFunction[];
  /** The deployment functions that also run between deployments. */
  readonly otherFunctions: readonly ProviderFunction[];
  readonly data: Pick<DataStack, 'tables'>;
  readonly notificationQueue: IQueue;
};

/** Makes the widgets about AWS resources: API, functions, tables, queues, pushes. */
export function technicalWidgets(props: TechnicalProps): IWidget[][] {
  const { alarms } = props;
  return [
    [heading(alarms.runbook)],
    [new AlarmStatusWidget({ width: 24, height: 5, title: 'Alarms', alarms: [...alarms.alarms] })],
    ...apiWidgets(props),
    logWidgets(props.functions),
    functionWidgets(props),
    tableWidgets(props),
    queueWidgets(props),
    otherWidgets(props),
  ];
}

/** Says whose fault something is, and what to do next. */
function heading(runbook: string): TextWidget {
  const markdown = [
    '**Ours or the client’s?** Server errors, faults and throttles are ours. Refusals are the client’s, unless those of all clients rise at once.',
    '**Slow?** What the latency of a route has beyond that of its function is API Gateway’s. What a function has beyond the tables is its own: SNS, Firehose or a cold start.',
    whatToDo(runbook),
  ].join('\n\n');
  return new TextWidget({ width: 24, height: 4, markdown });
}

/** Makes the widgets about the API as its callers see it, by route. */
function apiWidgets({ stage, alarms }: TechnicalProps): IWidget[][] {
  const routes = Object.entries(LOGIN_ROUTES);
  const of = (metricName: 'Latency' | 'IntegrationLatency', statistic: string) =>
    routes.map(([id, route]) => routeMetric(stage, route, { metricName, statistic }).with({ label: id }));
  return [
    [
      graph('API calls and errors', [stage.metricCount(), stage.metricClientError(), stage.metricServerError()]),
      graph(
        'Calls by route',
        routes.map(([id, route]) =>
          routeMetric(stage, route, { metricName: 'Count', statistic: 'Sum' }).with({ label: id }),
        ),
      ),
      graph('Concurrent executions of the account', [accountConcurrency()], alarms.limitsOf('concurrency')),
    ],
    [
      graph('Latency p50 by route, in milliseconds', of('Latency', 'p50')),
      graph('Latency p99 by route, in milliseconds', of('Latency', 'p99'), alarms.limitsOf('latency-token')),
      graph('Latency p99 of the functions behind the routes', of('IntegrationLatency', 'p99')),
    ],
  ];
}

/** The queries of the log widgets. Their fields are those of the log lines (docs/operations.md). */
export const LOG_QUERIES = {
  'The last faults': [
    'fields @timestamp, service, route, fault, frames.0, correlation_id',
    'filter message = "fault"',
    'sort @timestamp desc',
    'limit 20',
  ],
  'Refusals by client': [
    'filter ispresent(error) and error != "authorization_pending"',
    'stats count(*) as refusals by client_id, service, error, reason',
    'sort refusals desc',
    'limit 20',
  ],
} as const;

function logWidgets(functions: readonly ProviderFunction[]): IWidget[] {
  const logGroupNames = functions.map(({ logGroup }) => logGroup.logGroupName);
  return Object.entries(LOG_QUERIES).map(
    ([title, queryLines]) =>
      new LogQueryWidget({ title, logGroupNames, queryLines: [...queryLines], width: 12, height: 6 }),
  );
}

function functionWidgets({ functions }: TechnicalProps): IWidget[] {
  const errors = functions.map(({ alias, name }) => alias.metricErrors({ label: name }));
  // A dashboard with more than 50 metrics is billed, so functions for which no login and no operator waits are left out.
  const waited = functions.filter(({ name }) => name !== 'signing-keys' && name !== 'token-revocation');
  const throttles = waited.map(({ alias, name }) => alias.metricThrottles({ label: name }));
  const durations = waited.map(({ alias, name }) => alias.metricDuration({ label: name, statistic: 'p99' }));
  return [
    graph('Function errors', errors),
    graph('Function duration p99', durations),
    graph('Calls throttled by Lambda', throttles),
  ];
}

function tableWidgets({ data }: TechnicalProps): IWidget[] {
  const tables = Object.values(data.tables);
  const each = (metricName: string) => tables.map((table) => tableMetric(table, metricName));
  return [
    graph('Table reads', each('ConsumedReadCapacityUnits')),
    graph('Table writes', each('ConsumedWriteCapacityUnits')),
    // The kinds of calls of which a login waits for most.
    graph('Latency of the tables, p99 in milliseconds', [
      ...tables.map((table) => latencyOf(table, 'GetItem')),
      latencyOf(data.tables.transactions, 'UpdateItem'),
    ]),
  ];
}

function latencyOf(table: ITableV2, operation: 'GetItem' | 'UpdateItem'): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName: 'SuccessfulRequestLatency',
    dimensionsMap: { TableName: table.tableName, Operation: operation },
    statistic: 'p99',
    label: operation,
  });
}

function queueWidgets({ notificationQueue, deadLetters, alarms }: TechnicalProps): IWidget[] {
  const most = (label: string) => ({ statistic: 'Maximum', label });
  return [
    graph(
      'Age of the oldest ping in seconds',
      [notificationQueue.metricApproximateAgeOfOldestMessage(most('seconds'))],
      alarms.limitsOf('pings-delayed'),
    ),
    graph('Waiting pings', [
      notificationQueue.metricApproximateNumberOfMessagesVisible(most('ready')),
      notificationQueue.metricApproximateNumberOfMessagesNotVisible(most('in progress, or waiting for a retry')),
    ]),
    graph(
      'Dead letters',
      [deadLetters.metricApproximateNumberOfMessagesVisible(most('messages'))],
      alarms.limitsOf('dead-letters'),
    ),
  ];
}

/** Counts all versions of a function, because deployments call some of these functions without their alias. */
function otherWidgets({ otherFunctions }: TechnicalProps): IWidget[] {
  const errors: IMetric[] = otherFunctions.map(({ lambda, name }) => lambda.metricErrors({ label: name }));
  return [graph('Errors of other functions', errors), graph('KMS Decrypt calls', [kmsCalls()])];
}

function tableMetric(table: ITableV2, metricName: string): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap: { TableName: table.tableName },
    statistic: 'Sum',
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
  return new Metric({ namespace: 'AWS/Lambda', metricName: 'ClaimedAccountConcurrency', statistic: 'Maximum' });
}
