import { Duration } from 'aws-cdk-lib';
import { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import type { DomainSettings } from '../../settings/provider-settings.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Adds an alarm on a certificate that expires within 30 days. When it expires, every login fails. */
export function addCertificateAlarm(alarms: AlarmSet, id: string, domain: DomainSettings): void {
  alarms.add({
    id: `${id}-certificate`,
    runbook: 'certificate',
    means: `The certificate of ${domain.name} expires within 30 days. After that every login fails.`,
    first: 'check that its DNS validation record still exists.',
    metric: daysToExpiry(domain),
    threshold: 30,
    when: 'below',
  });
}

/** Returns the days until the certificate of a name expires. ACM tells them twice a day. */
export function daysToExpiry({ certificateArn }: DomainSettings): Metric {
  return new Metric({
    namespace: 'AWS/CertificateManager',
    metricName: 'DaysToExpiry',
    dimensionsMap: { CertificateArn: certificateArn },
    statistic: 'Minimum',
    period: Duration.days(1),
  });
}
