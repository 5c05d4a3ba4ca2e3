import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { AlarmSet } from './alarm-set.ts';

/** Adds an alarm on audit events that do not reach the store. The logs keep them in the meantime. */
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
      period: Duration.minutes(5),
    }),
    threshold: 3600,
  });
}
