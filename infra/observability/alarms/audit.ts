import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import { ruleMetric } from '../rule-metric.ts';
import type { AlarmSet } from './alarm-set.ts';

const FIVE_MINUTES = Duration.minutes(5);
const HOUR = Duration.hours(1);

type AuditFlow = {
  readonly stream: CfnDeliveryStream;
  /** The name that all subscription filters of the audit trail have, and no other filter of the account. */
  readonly filterName: string;
  /** The function whose logins write audit events also when nobody else logs in. */
  readonly syntheticLogin: ProviderFunction | undefined;
};

/** Adds alarms on audit events that do not reach the store. The logs keep them in the meantime. */
export function addAuditFlowAlarms(alarms: AlarmSet, flow: AuditFlow): void {
  alarms.add({
    id: 'audit-delayed',
    means: 'Audit events have not reached their store for an hour. They are still in the logs.',
    first: 'look for objects under not-delivered/ in the audit bucket.',
    metric: ageMetric(flow.stream),
    threshold: 3600,
  });
  addStoppedAlarm(alarms, flow);
  alarms.add({
    id: 'audit-not-sent',
    means:
      'CloudWatch Logs cannot hand audit events to the delivery stream, and may drop them. They are still in the logs.',
    first: 'check that the delivery stream exists, and that the role of the log subscriptions may write to it.',
    metric: subscriptionQuery('DeliveryErrors', flow.filterName),
    threshold: 1,
  });
  alarms.add({
    id: 'audit-throttled',
    runbook: 'audit-not-sent',
    means:
      'The delivery stream throttles CloudWatch Logs, which tries for a day and then drops audit events. They are still in the logs.',
    first: 'compare the incoming records of the delivery stream with its quota.',
    metric: subscriptionQuery('DeliveryThrottling', flow.filterName),
    threshold: 1,
    // Single throttles are normal when traffic rises; the next try succeeds.
    periods: { breaching: 3, of: 6 },
  });
}

/**
 * Adds an alarm on two hours in which logins wrote audit events and none arrived at the stream, as when a subscription
 * was deleted. The age of events cannot show that: without events it has no data.
 */
function addStoppedAlarm(alarms: AlarmSet, { stream, syntheticLogin }: AuditFlow): void {
  const written = writtenIn(alarms, syntheticLogin);
  alarms.add({
    id: 'audit-stopped',
    means: 'Users log in, but no audit event arrives at the delivery stream. Audit events are still in the logs.',
    first: 'check that the log groups of the functions still have their subscription filters.',
    metric: new MathExpression({
      // A stream that gets nothing has no metric IncomingRecords. `none` adds a zero for each hour with logins.
      expression: 'IF(written > 0 AND arrived == 0, 1, 0)',
      usingMetrics: {
        written,
        arrived: new MathExpression({
          expression: 'SUM([incoming, none])',
          usingMetrics: {
            incoming: streamMetric(stream, 'IncomingRecords', { statistic: 'Sum', period: HOUR }),
            none: new MathExpression({ expression: '0 * written', usingMetrics: { written }, period: HOUR }),
          },
          period: HOUR,
        }),
      },
      label: 'hours with logins and no audit event',
      period: HOUR,
    }),
    threshold: 1,
    periods: { breaching: 2, of: 2 },
  });
}

/** Counts logins, which all write audit events. The metric Logins leaves the synthetic ones out. */
function writtenIn({ metrics }: AlarmSet, syntheticLogin: ProviderFunction | undefined): MathExpression {
  const logins = metrics.metric('Logins', { minutes: 60 });
  if (!syntheticLogin)
    return new MathExpression({ expression: 'SUM([logins])', usingMetrics: { logins }, period: HOUR });
  const { alias } = syntheticLogin;
  const synthetic = new MathExpression({
    expression: 'runs - failed',
    usingMetrics: {
      runs: alias.metricInvocations({ period: HOUR, statistic: 'Sum' }),
      failed: alias.metricErrors({ period: HOUR, statistic: 'Sum' }),
    },
    period: HOUR,
  });
  return new MathExpression({
    expression: 'SUM([logins, synthetic])',
    usingMetrics: { logins, synthetic },
    period: HOUR,
  });
}

/** Adds alarms on records that the store did not acknowledge, and on acknowledged ones that do not reach the bucket. */
export function addAuditRecordAlarms(alarms: AlarmSet, records: CfnDeliveryStream): void {
  alarms.add({
    id: 'audit-unconfirmed',
    severity: 'page',
    means:
      'The audit store did not acknowledge records. Approvals and changes are refused meanwhile, unless `auditOutage` is `proceed`. The records are in the logs alone.',
    first: 'compare the incoming records of the delivery stream of records with its quota, and check that it exists.',
    metric: alarms.metrics.metric('AuditUnconfirmed', { minutes: 5 }),
    threshold: 1,
  });
  alarms.add({
    id: 'audit-records-delayed',
    means: 'Audit records have not reached the bucket for an hour. Firehose keeps them for 24 hours.',
    first: 'look for objects under not-delivered/ in the audit bucket.',
    metric: ageMetric(records),
    threshold: 3600,
  });
}

/** Adds alarms on events that were put aside, and on changes of the store by others than CloudFormation. */
export function addAuditWatchAlarms(alarms: AlarmSet, rules: { notDelivered: Rule; changed: Rule }): void {
  alarms.add({
    id: 'audit-not-delivered',
    means: 'Firehose could not process audit events, and put them under not-delivered/ in the audit bucket.',
    first: 'read the errorCode of the newest object under not-delivered/.',
    metric: ruleMetric(rules.notDelivered, HOUR),
    threshold: 1,
  });
  alarms.add({
    id: 'audit-changed',
    severity: 'page',
    means:
      'Somebody changed, or tried to change, what keeps the audit bucket or what fills it, and it was not CloudFormation. The alarm ends after an hour, whatever happened.',
    first: 'read the call in the queue of the output AuditWatchQueue: who, what, and was it denied?',
    metric: ruleMetric(rules.changed, HOUR),
    threshold: 1,
  });
}

/**
 * Sums a metric of CloudWatch Logs over all subscriptions with this filter name. A query needs no other dimensions of
 * the metric, of which one is a word of AWS's own for the kind of destination.
 */
function subscriptionQuery(metricName: 'DeliveryErrors' | 'DeliveryThrottling', filterName: string): MathExpression {
  return new MathExpression({
    expression: `SELECT SUM(${metricName}) FROM "AWS/Logs" WHERE FilterName = '${filterName}'`,
    usingMetrics: {},
    label: metricName,
    period: FIVE_MINUTES,
  });
}

/** Returns the age in seconds of the oldest record that Firehose has not delivered yet. */
export function ageMetric(stream: CfnDeliveryStream): Metric {
  return streamMetric(stream, 'DeliveryToS3.DataFreshness', { statistic: 'Maximum', period: FIVE_MINUTES });
}

/** Returns a metric of a delivery stream. */
export function streamMetric(
  stream: CfnDeliveryStream,
  metricName: string,
  options: { readonly statistic: string; readonly period: Duration },
): Metric {
  const dimensionsMap = { DeliveryStreamName: stream.ref };
  return new Metric({ namespace: 'AWS/Firehose', metricName, dimensionsMap, ...options });
}
