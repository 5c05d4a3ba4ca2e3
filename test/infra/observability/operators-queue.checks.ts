import { describe, expect, it } from 'vitest';
import { synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const { Resources, Outputs = {} } = production.main;
const rules = production.all('AWS::Events::Rule');
const idOf = (rule: (typeof rules)[number]): string => production.idOf(rule);

describe.each([
  ['KeyUseQueue', ['key-used-by-others']],
  ['AuditWatchQueue', ['audit-not-delivered', 'audit-changed']],
  ['BackupQueue', ['backup-failed', 'backup-missing']],
])('the queue of the output %s', (output, alarmNames) => {
  const id: string = Outputs[output]?.Value.Ref;
  const filling = rules.filter(({ Properties }) =>
    (Properties.Targets ?? []).some(({ Arn }: Value) => Arn['Fn::GetAtt']?.[0] === id),
  );
  const statements: Value[] = production
    .all('AWS::SQS::QueuePolicy')
    .filter(({ Properties }) => Properties.Queues[0].Ref === id)
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);

  it('keeps what operators may read for two weeks, encrypted', () => {
    expect(Resources[id]?.Properties).toMatchObject({
      MessageRetentionPeriod: 14 * 86_400,
      SqsManagedSseEnabled: true,
    });
  });

  it('takes messages from its own rules alone, and nothing without TLS', () => {
    expect(filling.length).toBe(2);
    const allowed = statements.filter(({ Effect }) => Effect === 'Allow');
    for (const { Principal, Condition } of allowed) {
      expect(Principal).toEqual({ Service: 'events.amazonaws.com' });
      expect(Object.keys(Condition)).toEqual(['ArnEquals']);
    }
    const sources = allowed.map(({ Condition }) => Condition.ArnEquals['aws:SourceArn']['Fn::GetAtt'][0]);
    expect(sources.toSorted()).toEqual(filling.map(idOf).toSorted());
    const denied = statements.filter(({ Effect }) => Effect === 'Deny');
    expect(denied.map(({ Action, Condition }) => [Action, Condition])).toEqual([
      ['sqs:*', { Bool: { 'aws:SecureTransport': 'false' } }],
    ]);
  });

  it('has what its alarms count: each rule that fills it is counted, and no other', () => {
    const counted = production
      .all('AWS::CloudWatch::Alarm')
      .filter(({ Properties }) => alarmNames.some((name) => Properties.AlarmName === `ciba-production-${name}`))
      .flatMap(({ Properties: { Dimensions, Metrics = [] } }) =>
        Dimensions ? [Dimensions] : Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Metric.Dimensions ?? []),
      )
      .flat()
      .map(({ Name, Value }: Value) => [Name, Value.Ref]);
    expect(counted.map(([, rule]) => rule).toSorted()).toEqual(filling.map(idOf).toSorted());
    expect(new Set(counted.map(([name]) => name))).toEqual(new Set(['RuleName']));
  });
});
