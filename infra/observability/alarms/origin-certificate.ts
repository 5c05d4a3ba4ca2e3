import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Adds alarms on the certificates of CloudFront: one ends within 30 days, nobody knows when it ends, or a run failed. */
export function addOriginCertificateAlarms(alarms: AlarmSet, handler: ProviderFunction): void {
  alarms.add({
    id: 'origin-certificate',
    means:
      'A certificate of CloudFront ends within 30 days, or the function that looks after them has not run for a day. When one ends, every login fails.',
    first: 'read the log of the function origin-certificate, which says whose certificate it is.',
    // Two runs a day each count the days that are left, of the certificate for the API and of the one that callers see.
    metric: alarms.metrics.metric('CertificateDays', { minutes: 1440, statistic: 'Minimum' }),
    threshold: 30,
    when: 'below',
    missing: TreatMissingData.BREACHING,
  });
  alarms.add({
    id: 'origin-certificate-failed',
    runbook: 'origin-certificate',
    means:
      'A run that looks after the certificate of CloudFront failed. Logins still work with the certificate in use.',
    first: 'read the log of the function origin-certificate.',
    metric: handler.alias.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
  });
}
