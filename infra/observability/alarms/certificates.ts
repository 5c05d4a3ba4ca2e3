import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DomainProps } from '../../settings/provider-props.ts';
import type { AlarmSet } from './alarm-set.ts';

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
