import { CfnResource, Duration } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { CfnFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, it } from 'vitest';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import { all, consumer, provider, templateOf, type Written } from './consumer.ts';

const email = 'on-call@example.com';

function functionIn(template: Written, name: keyof typeof functions) {
  const { description } = functions[name];
  return all(template, 'AWS::Lambda::Function').find(({ Properties }) => Properties['Description'] === description)
    ?.Properties;
}

function alarmIn(template: Written, name: string) {
  return all(template, 'AWS::CloudWatch::Alarm').find(
    ({ Properties }) => Properties['AlarmName'] === `logins-Ciba-${name}`,
  )?.Properties;
}

describe('a default can be changed by a property', () => {
  it('memory and reserved concurrency of a function', () => {
    const { stack } = consumer();
    provider(stack, 'Ciba', { memoryMegabytes: { token: 2048 }, reservedConcurrency: { token: 20 } });
    expect(functionIn(templateOf(stack), 'token')).toMatchObject({
      MemorySize: 2048,
      ReservedConcurrentExecutions: 20,
    });
    expect(functionIn(templateOf(stack), 'admin')).toMatchObject({ MemorySize: functions.admin.memoryMegabytes });
  });

  it('how long logs are kept', () => {
    const { stack } = consumer();
    provider(stack, 'Ciba', { logRetention: RetentionDays.ONE_YEAR });
    for (const { Properties } of all(templateOf(stack), 'AWS::Logs::LogGroup'))
      expect(Properties['RetentionInDays']).toBe(365);
  });

  it('threshold and actions of an alarm, whose description then says so', () => {
    const { stack } = consumer();
    const changes = { 'latency-token': { threshold: 5000 }, concurrency: { actions: 'off' } } as const;
    provider(stack, 'Ciba', { alarms: { email, changes } });
    const template = templateOf(stack);
    expect(alarmIn(template, 'latency-token')).toMatchObject({ Threshold: 5000 });
    expect(alarmIn(template, 'latency-token')?.['AlarmDescription']).toContain(
      'Here it goes off at 5000, by the settings.',
    );
    expect(alarmIn(template, 'concurrency')).not.toHaveProperty('AlarmActions');
    expect(alarmIn(template, 'latency-response')).toHaveProperty('AlarmActions');
  });

  it('but none of an alarm that does not exist, or has no threshold', () => {
    const { stack } = consumer();
    const changed = (changes: object) => () =>
      provider(stack, `C${Math.random()}`, { alarms: { email, changes: { ...changes } } });
    expect(changed({ 'latency-tokens': { threshold: 1 } })).toThrow(
      '"alarms.changes.latency-tokens" is no alarm of this',
    );
    expect(changed({ 'logins-fail': { threshold: 1 } })).toThrow('remove "alarms.changes.logins-fail.threshold"');
  });

  it('dashboards can be left out', () => {
    const { stack } = consumer();
    const made = provider(stack, 'Ciba', { dashboards: 'off' });
    expect(made.dashboards).toBeUndefined();
    expect(all(templateOf(stack), 'AWS::CloudWatch::Dashboard')).toEqual([]);
  });
});

describe('what has no property', () => {
  it('is reached through the members: actions of an alarm, and policies of the key', () => {
    const { stack } = consumer();
    const made = provider(stack);
    const topic = new Topic(stack, 'Pager');
    for (const alarm of made.alarms) alarm.addAlarmAction(new SnsAction(topic));
    for (const { Properties } of all(templateOf(stack), 'AWS::CloudWatch::Alarm'))
      expect(Properties['AlarmActions']).toHaveLength(1);
  });

  it('is reached through the construct tree, by names that stay', () => {
    const { stack } = consumer();
    const made = provider(stack);
    const latency = made.node.findChild('Alarms').node.findChild('latency-token');
    const { defaultChild } = made.functions.token.lambda.node;
    expect(latency).toBeInstanceOf(Alarm);
    if (!CfnResource.isCfnResource(latency.node.defaultChild) || !(defaultChild instanceof CfnFunction))
      throw new Error('no resource');
    latency.node.defaultChild.addPropertyOverride('EvaluationPeriods', 12);
    defaultChild.timeout = Duration.seconds(20).toSeconds();
    const template = templateOf(stack);
    expect(alarmIn(template, 'latency-token')).toMatchObject({ EvaluationPeriods: 12 });
    expect(functionIn(template, 'token')).toMatchObject({ Timeout: 20 });
  });
});
