import { Duration } from 'aws-cdk-lib';
import type { HttpStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITableV2 } from 'aws-cdk-lib/aws-dynamodb';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import type { ApplicationArns } from '../../push/push-platforms.ts';
import type { DomainProps } from '../../settings/provider-props.ts';
import { pushMetric } from '../dashboards/push-metrics.ts';
import type { ProviderMetrics } from '../metrics.ts';
import type { AlarmSet } from './alarm-set.ts';

const FIVE_MINUTES = Duration.minutes(5);

/** The API as its callers see it. */
export function addApiAlarms(alarms: AlarmSet, stage: HttpStage): void {
  alarms.add({
    id: 'server-errors',
    means: 'More than one call in a hundred ends in a server error.',
    first: 'which route, in the access log?',
    metric: new MathExpression({
      expression: 'IF(calls >= 20, 100 * errors / calls, 0)',
      usingMetrics: {
        errors: stage.metricServerError({ period: FIVE_MINUTES }),
        calls: stage.metricCount({ period: FIVE_MINUTES, statistic: 'Sum' }),
      },
      label: 'server errors in percent',
      period: FIVE_MINUTES,
    }),
    threshold: 1,
    periods: { breaching: 2, of: 3 },
  });
  alarms.add({
    id: 'latency',
    means: 'One call in a hundred takes longer than three seconds.',
    first: 'compare the latency of DynamoDB, SNS and KMS on the technical dashboard.',
    metric: stage.metricLatency({ period: FIVE_MINUTES, statistic: 'p99' }),
    threshold: 3000,
    periods: { breaching: 3, of: 3 },
  });
}

/** Reads or writes that a table turned away. */
export function addTableAlarm(alarms: AlarmSet, role: string, table: ITableV2): void {
  const metric = (metricName: string) =>
    new Metric({
      namespace: 'AWS/DynamoDB',
      metricName,
      dimensionsMap: { TableName: table.tableName },
      statistic: 'Sum',
      period: FIVE_MINUTES,
    });
  alarms.add({
    id: `${role}-throttled`,
    runbook: 'table-throttled',
    means: `DynamoDB turns away reads or writes of the table ${role}.`,
    first: 'is one key hot, or did the load more than double within half an hour?',
    metric: new MathExpression({
      // Each of them exists from its first throttle on: the sum of a list leaves out what is not there.
      expression: 'SUM([reads, writes])',
      usingMetrics: { reads: metric('ReadThrottleEvents'), writes: metric('WriteThrottleEvents') },
      label: `${role} throttled`,
      period: FIVE_MINUTES,
    }),
    threshold: 10,
  });
}

/** What no function could handle. */
export function addDeadLetterAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'dead-letters',
    means: 'An event could not be handled: of a push endpoint, of the schedule, or of the queue of pings.',
    first: 'read the message in the queue and the log of the function that it was for.',
    metric: queue.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: 'Maximum' }),
    threshold: 1,
  });
}

/**
 * Nobody takes the announcements, or the function fails with each. Those for an endpoint that nobody reaches count for
 * seconds only: SQS leaves out of this age what was received three times. Its age by quiet message groups would be
 * blind where one client has most of the traffic.
 */
export function addPingAlarm(alarms: AlarmSet, queue: IQueue): void {
  alarms.add({
    id: 'pings-delayed',
    means: 'Clients in ping mode hear late that their users answered: announcements wait for more than a minute.',
    first: 'does the function client-notification run, and what does its log say?',
    metric: queue.metricApproximateAgeOfOldestMessage({ period: Duration.minutes(1), statistic: 'Maximum' }),
    threshold: 60,
    periods: { breaching: 3, of: 5 },
  });
}

/**
 * Apple or Google refuse what SNS had taken: the request was answered 200, and no phone rings. There is none without
 * platform applications.
 */
export function addPushDeliveryAlarm(alarms: AlarmSet, applicationArns: ApplicationArns): void {
  const period = Duration.minutes(15);
  const failed = Object.entries(applicationArns).map(
    ([platform, arn]) => [platform.toLowerCase(), pushMetric(arn, 'NumberOfNotificationsFailed', period)] as const,
  );
  if (failed.length === 0) return;
  alarms.add({
    id: 'push-delivery',
    means: 'Pushes fail after SNS took them: clients wait, and phones do not ring.',
    first: 'which kind, at PushDeliveryFailures on the business dashboard?',
    metric: new MathExpression({
      // An application without a failure has no metric, and must not keep the others from being summed up.
      expression: `SUM([${failed.map(([name]) => name).join(', ')}])`,
      usingMetrics: Object.fromEntries(failed),
      label: 'pushes failed',
      period,
    }),
    threshold: 10,
  });
}

/** Audit events wait: they are kept in the logs meanwhile. */
export function addAuditAlarm(alarms: AlarmSet, stream: CfnDeliveryStream): void {
  alarms.add({
    id: 'audit-delayed',
    means: 'Audit events have not reached their store for an hour. They are still in the logs.',
    first: 'look for objects under not-delivered/ in the audit bucket.',
    metric: new Metric({
      namespace: 'AWS/Firehose',
      metricName: 'DeliveryToS3.DataFreshness',
      dimensionsMap: { DeliveryStreamName: stream.ref },
      statistic: 'Maximum',
      period: FIVE_MINUTES,
    }),
    threshold: 3600,
  });
}

/** A certificate that nobody renewed takes every login down at once. */
export function addCertificateAlarm(alarms: AlarmSet, id: string, domain: DomainProps): void {
  alarms.add({
    id: `${id}-certificate`,
    runbook: 'certificate',
    means: `The certificate of ${domain.name} expires within a month.`,
    first: 'is its DNS validation record still there?',
    metric: new Metric({
      namespace: 'AWS/CertificateManager',
      metricName: 'DaysToExpiry',
      dimensionsMap: { CertificateArn: domain.certificateArn },
      statistic: 'Minimum',
      period: Duration.days(1),
    }),
    threshold: 30,
    when: 'below',
  });
}

/** Fewer than one request in five is approved, of at least fifty in an hour: phones do not ring, or people say no. */
export function addApprovalAlarm(alarms: AlarmSet, metrics: ProviderMetrics): void {
  const started = metrics.metric('RequestsStarted', { minutes: 60 });
  const period = Duration.hours(1);
  alarms.add({
    id: 'approval-rate',
    means:
      'Fewer than one request in five is approved: pushes do not arrive, or users are asked what they did not start.',
    first: 'compare denials and expiries on the business dashboard.',
    metric: new MathExpression({
      // When nobody approves anything there is no count of approvals, and that is the worst of all: a zero for each
      // hour with requests stands in.
      expression: 'IF(started >= 50, 100 * SUM([approved, none]) / started, 100)',
      usingMetrics: {
        started,
        approved: metrics.metric('Approvals', { minutes: 60 }),
        none: new MathExpression({ expression: '0 * started', usingMetrics: { started }, period }),
      },
      label: 'approved in percent',
      period,
    }),
    threshold: 20,
    when: 'below',
  });
}
