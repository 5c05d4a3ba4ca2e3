import { Duration } from 'aws-cdk-lib';
import { TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ProviderFunction } from '../../functions/provider-function.ts';
import type { AlarmSet } from './alarm-set.ts';

/** Keys are looked after twice a day; a failure has days of time, but only if somebody hears of it. */
export function addRotationAlarms(alarms: AlarmSet, signingKeys: ProviderFunction): void {
  alarms.add({
    id: 'rotation-failed',
    means: 'Signing keys could not be looked after. Logins still work with the keys there are.',
    first: 'read the log of the function signing-keys.',
    metric: signingKeys.alias.metricErrors({ period: Duration.minutes(5), statistic: 'Sum' }),
    threshold: 1,
  });
  alarms.add({
    id: 'rotation-missed',
    means: 'Signing keys were not looked after for a day: keys will not be rotated when they are due.',
    first: 'is the schedule enabled?',
    metric: signingKeys.alias.metricInvocations({ period: Duration.hours(6), statistic: 'Sum' }),
    threshold: 1,
    when: 'below',
    periods: { breaching: 4, of: 4 },
    missing: TreatMissingData.BREACHING,
  });
}
