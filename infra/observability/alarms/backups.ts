import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import { ruleMetric } from '../rule-metric.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Adds alarms on the daily backups of Directory and their copies outside the account or the region. */
export function addBackupAlarms(alarms: AlarmSet, rules: { failed: Rule; copied: Rule }): void {
  alarms.add({
    id: 'backup-failed',
    means:
      'A backup of the table Directory, or its copy outside, failed. Point-in-time recovery still works. The alarm ends after an hour, whatever happened.',
    first: 'read the statusMessage in the queue of the output BackupQueue.',
    metric: ruleMetric(rules.failed, Duration.hours(1)),
    threshold: 1,
  });
  // The events are not promised to arrive, so one day without them proves nothing.
  alarms.add({
    id: 'backup-missing',
    means: 'For two days no copy of the table Directory arrived outside. Without one, the account is all there is.',
    first: 'list the copy jobs of AWS Backup, and check that the plan and its schedule exist.',
    metric: ruleMetric(rules.copied, Duration.days(1)),
    threshold: 1,
    when: 'below',
    periods: { breaching: 2, of: 2 },
    missing: TreatMissingData.BREACHING,
  });
}
