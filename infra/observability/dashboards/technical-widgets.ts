import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { AlarmStatusWidget, type IMetric, type IWidget, Metric, TextWidget } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { Deployment } from '../../deployment.ts';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import { pushMetric } from '../push-metric.ts';
import { FIVE_MINUTES, graph } from './graph.ts';

export type TechnicalProps = Pick<Deployment, 'applicationArns' | 'deadLetters' | 'alarms'> & {
  readonly stage: HttpStage;
  /** The functions of the provider. */
  readonly functions: readonly ProviderFunction[];
  /** The deployment functions that also run between deployments. */
  readonly otherFunctions: readonly ProviderFunction[];
  readonly tables: readonly ITableV2[];
  readonly notificationQueue: IQueue;
};

/** Makes the widgets about AWS resources: API, functions, tables, queues, pushes. */
export function technicalWidgets(props: TechnicalProps): IWidget[][] {
  const { stage, alarms } = props;
  const latency = (statistic: string) => stage.metricLatency({ statistic, label: statistic, period: FIVE_MINUTES });
  return [
    [new AlarmStatusWidget({ width: 24, height: 4, title: 'Alarms', alarms: [...alarms.alarms] })],
    [
      graph('API calls and errors', [stage.metricCount(), stage.metricClientError(), stage.metricServerError()]),
      graph('API latency in milliseconds', [latency('p50'), latency('p99')]),
      graph('Concurrent executions of the account', [accountConcurrency()]),
    ],
    functionWidgets(props),
    tableWidgets(props),
    queueWidgets(props),
    otherWidgets(props),
    pushWidgets(props),
  ];
}

function functionWidgets({ functions }: TechnicalProps): IWidget[] {
  const errors = functions.map(({ alias, name }) => alias.metricErrors({ label: name }));
  const throttles = functions.map(({ alias, name }) => alias.metricThrottles({ label: name }));
  const durations = functions.map(({ alias, name }) => alias.metricDuration({ label: name, statistic: 'p99' }));
  return [
    graph('Function errors', errors),
    graph('Function duration p99', durations),
    graph('Calls throttled by Lambda', throttles),
  ];
}

function tableWidgets({ tables }: TechnicalProps): IWidget[] {
  const each = (metricName: string) => tables.map((table) => tableMetric(table, metricName));
  return [
    graph('Table reads', each('ConsumedReadCapacityUnits')),
    graph('Table writes', each('ConsumedWriteCapacityUnits')),
    graph('Conditional writes refused', each('ConditionalCheckFailedRequests')),
  ];
}

function queueWidgets({ notificationQueue, deadLetters }: TechnicalProps): IWidget[] {
  const most = (label: string) => ({ statistic: 'Maximum', label });
  return [
    graph('Age of the oldest ping in seconds', [
      notificationQueue.metricApproximateAgeOfOldestMessage(most('seconds')),
    ]),
    graph('Waiting pings', [
      notificationQueue.metricApproximateNumberOfMessagesVisible(most('ready')),
      notificationQueue.metricApproximateNumberOfMessagesNotVisible(most('in progress, or waiting for a retry')),
    ]),
    graph('Dead letters', [deadLetters.metricApproximateNumberOfMessagesVisible(most('messages'))]),
  ];
}

/** Counts all versions of a function, because deployments call some of these functions without their alias. */
function otherWidgets({ otherFunctions }: TechnicalProps): IWidget[] {
  const errors: IMetric[] = otherFunctions.map(({ lambda, name }) => lambda.metricErrors({ label: name }));
  return [graph('Errors of other functions', errors), graph('KMS Decrypt calls', [kmsCalls()])];
}

function pushWidgets({ applicationArns }: TechnicalProps): IWidget[] {
  const arns = Object.values(applicationArns);
  if (arns.length === 0) {
    const markdown = 'There is no platform application, so SNS delivers no push. See docs/deploy.md, Pushes.';
    return [new TextWidget({ width: 24, height: 2, markdown })];
  }
  return [
    graph(
      'Pushes delivered',
      arns.map((arn) => pushMetric(arn, 'NumberOfNotificationsDelivered')),
    ),
    graph(
      'Pushes failed',
      arns.map((arn) => pushMetric(arn, 'NumberOfNotificationsFailed')),
    ),
  ];
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
  return new Metric({ namespace: 'AWS/Lambda', metricName: 'ConcurrentExecutions', statistic: 'Maximum' });
}
