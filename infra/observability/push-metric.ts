import { type Duration, Fn, Token } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';

/** Returns a metric that SNS itself keeps for a platform application. SNS names it by the last two parts of the ARN. */
export function pushMetric(
  applicationArn: string,
  metricName: 'NumberOfNotificationsDelivered' | 'NumberOfNotificationsFailed',
  period?: Duration,
): Metric {
  const [platform = '', application = ''] = partsOf(applicationArn);
  return new Metric({
    namespace: 'AWS/SNS',
    metricName,
    dimensionsMap: { Application: application, Platform: platform },
    statistic: 'Sum',
    label: platform,
    ...(period && { period }),
  });
}

/** Returns platform and name in the ARN of an application. CloudFormation takes apart an ARN that is not known yet. */
function partsOf(arn: string): readonly string[] {
  const name = arn.split(':app/').at(-1) ?? '';
  if (name !== arn || !Token.isUnresolved(arn)) return name.split('/');
  return [0, 1].map((part) => Fn.select(part, Fn.split('/', Fn.select(1, Fn.split(':app/', arn)))));
}
