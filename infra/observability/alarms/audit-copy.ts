import { Duration } from 'aws-cdk-lib';
import { MathExpression, Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnDeliveryStream } from 'aws-cdk-lib/aws-kinesisfirehose';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import { COPY_RULE } from '../../data/audit-copy.ts';
import type { AuditCopySettings } from '../../settings/provider-settings.ts';
import type { AlarmSet } from './alarm-set.ts';
import { streamMetric } from './audit.ts';

const HOUR = Duration.hours(1);

type Copied = {
  readonly bucket: Pick<IBucket, 'bucketName'>;
  /** The stream whose objects are copied. */
  readonly records: CfnDeliveryStream;
  readonly copy: AuditCopySettings;
};

/** Adds alarms on copies of the audit trail that fail, and on hours in which nothing was copied. */
export function addAuditCopyAlarms(alarms: AlarmSet, copied: Copied): void {
  alarms.add({
    id: 'audit-copy-failed',
    means: 'S3 could not copy objects of the audit trail into the other account. They are in this account alone.',
    first: 'read the bucket policy in the other account, and the replication status of the newest objects.',
    metric: failures(copied, 'Sum', Duration.minutes(5)),
    threshold: 1,
  });
  alarms.add({
    id: 'audit-copy-stopped',
    runbook: 'audit-copy-failed',
    means: 'For three hours records arrived in the audit bucket, and none was copied into the other account.',
    first: 'check that the audit bucket still has its replication rule, and the rule its role.',
    metric: hoursWithoutCopies(copied),
    threshold: 1,
    periods: { breaching: 3, of: 3 },
  });
}

/**
 * Hours in which records came into the bucket and S3 tried no copy. S3 counts all copies in the metric of those that
 * failed, and has no value where there were none. `none` adds a zero for each hour with records.
 */
function hoursWithoutCopies(copied: Copied): MathExpression {
  const arrived = streamMetric(copied.records, 'DeliveryToS3.Records', { statistic: 'Sum', period: HOUR });
  const none = new MathExpression({ expression: '0 * arrived', usingMetrics: { arrived }, period: HOUR });
  const copies = new MathExpression({
    expression: 'SUM([tried, none])',
    usingMetrics: { tried: failures(copied, 'SampleCount', HOUR), none },
    period: HOUR,
  });
  return new MathExpression({
    expression: 'IF(arrived > 0 AND copies == 0, 1, 0)',
    usingMetrics: { arrived, copies },
    label: 'hours with records and no copy',
    period: HOUR,
  });
}

/**
 * The metric of copies that failed. It is in the region of this bucket, while those on delays are in the region of the
 * other one, where no alarm of this stack could see them.
 */
function failures({ bucket, copy }: Copied, statistic: 'Sum' | 'SampleCount', period: Duration): Metric {
  const [, DestinationBucket = ''] = copy.bucketArn.split(':::');
  const dimensionsMap = { SourceBucket: bucket.bucketName, DestinationBucket, RuleId: COPY_RULE };
  return new Metric({
    namespace: 'AWS/S3',
    metricName: 'OperationsFailedReplication',
    dimensionsMap,
    statistic,
    period,
  });
}
