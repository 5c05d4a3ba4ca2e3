import type { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Returns a metric that SNS itself keeps for a platform application. SNS names it by the last two parts of the ARN. */
export function pushMetric(
  applicationArn: string,
  metricName: 'NumberOfNotificationsDelivered' | 'NumberOfNotificationsFailed',
  period?: Duration,
): Metric {
  const [platform = '', application = ''] = applicationArn.split(':app/').at(-1)?.split('/') ?? [];
  return new Metric({
    namespace: 'AWS/SNS',
    metricName,
    dimensionsMap: { Application: application, Platform: platform },
    statistic: 'Sum',
    label: platform,
    ...(period && { period }),
  });
}
