import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { describe, expect, it } from 'vitest';
import { CibaProvider, type CibaProviderProps, SettingsError } from '../../../infra/index.ts';
import { settingsOf } from '../../../infra/props/settings-of-props.ts';
import { withoutUndefined } from '../../../infra/props/unchecked.ts';
import { propsOf } from '../../../infra/settings/props-of-settings.ts';
import { settingsOf as settingsOfStage } from '../support/synthesized.ts';
import { consumer } from './consumer.ts';

/** Names as an app in JavaScript may have them. */
const make = (props: object) => () => new CibaProvider(consumer().stack, 'Ciba', props as CibaProviderProps);

describe('settings and properties', () => {
  it.each(['minimal', 'dev', 'production', 'shielded'] as const)('of %s say the same', (name) => {
    const { stage: _, account: __, region: ___, ...settings } = settingsOfStage[name]();
    expect(withoutUndefined(settingsOf(propsOf(settings)))).toEqual(settings);
  });

  it('differ in their types: times, policies and what exists', () => {
    const settings = settingsOf({
      limits: {
        interval: Duration.minutes(1),
        denialPause: { first: Duration.seconds(5), longest: Duration.hours(1) },
      },
      lifetimes: { accessToken: Duration.minutes(5) },
      rotation: { rotateAfter: Duration.days(30) },
      logRetention: RetentionDays.ONE_WEEK,
      auditRetention: Duration.days(100),
      clientSecretLifetime: Duration.days(90),
      syntheticLoginInterval: Duration.hours(1),
      removalPolicy: RemovalPolicy.DESTROY,
    });
    expect(withoutUndefined(settings)).toEqual({
      limits: { interval: 60, denialPause: { first: 5, longest: 3600 } },
      lifetimes: { accessToken: 300 },
      rotation: { rotateAfter: 2_592_000 },
      logRetentionDays: 7,
      auditRetentionDays: 100,
      clientSecretDays: 90,
      syntheticLoginMinutes: 60,
      removalPolicy: 'destroy',
    });
  });
});

describe('a property that is not known', () => {
  it.each([
    [{ opertors: [] }, '"opertors" is not a setting: correct its name or remove it.'],
    [{ logRetentionDays: 30 }, '"logRetentionDays" is not a setting'],
    [{ alarms: { topicArn: 'arn:aws:sns:eu-west-1:111122223333:alarms' } }, '"alarms.topicArn" is not a setting'],
    [{ stage: 'production' }, '"stage" is not a setting'],
    [{ domain: { name: 'a.example.com', certificateArn: 'x' } }, '"domain.certificateArn" is not a setting'],
  ])('%j is refused: a mistyped name would leave the default', (props, sentence) => {
    expect(make(props)).toThrow(SettingsError);
    expect(make(props)).toThrow(`logins/Ciba: ${sentence}`);
  });
});

describe('a value of another type', () => {
  it.each([
    [{ events: { bus: 'logins' } }, '"events.bus" must be an ARN like'],
    [{ events: { bus: { topicArn: 'x' } } }, '"events.bus" must be an ARN like'],
    [{ limits: { interval: 'soon' } }, '"limits.interval" must be a whole number of seconds, at least 1.'],
    [{ limits: { interval: Duration.millis(1500) } }, '"limits.interval" must be a whole number of seconds'],
    [{ auditRetention: Duration.hours(36) }, '"auditRetention" must be a whole number of days'],
    [{ logRetention: RetentionDays.INFINITE }, '"logRetention" must be one of 1, 3'],
    [{ removalPolicy: RemovalPolicy.SNAPSHOT }, '"removalPolicy" must be "retain" or "destroy".'],
    [{ domain: { name: 'a.example.com', certificate: undefined } }, 'set "domain.certificate".'],
  ])('%j is refused', (props, sentence) => {
    expect(make(props)).toThrow(`logins/Ciba: ${sentence}`);
  });
});
