import { describe, expect, it } from 'vitest';
import { functions } from '../../../infra/functions/deployed-functions.ts';
import { LONGEST_GRACE_SECONDS } from '../../../provider/core/deciding/redemption-grace.ts';
import { decideNotification } from '../../../provider/core/notifying/notification-decision.ts';
import { LONGEST_PAUSE_SECONDS, pauseBefore } from '../../../provider/core/notifying/retries.ts';
import { requestIn } from '../../core/given.ts';
import { type Resource, Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const development = { removalPolicy: 'destroy', syntheticLogin: 'off' } as const;
const patient = new Synthesized({
  ...development,
  limits: { expiryLimit: 7200 },
  reservedConcurrency: { 'client-notification': 40 },
});
const extreme = new Synthesized({
  ...development,
  limits: { expiryLimit: 259_200 },
  reservedConcurrency: { 'client-notification': 2 },
});

const longTokens = new Synthesized({ ...development, lifetimes: { accessToken: 43_200 } });

describe('the way of notifications', () => {
  const { id, queue } = queueOf(production);
  const topic = only(production, 'AWS::SNS::Topic');

  it('begins at a topic that takes nothing over plain HTTP', () => {
    expect(policyOf(production, 'AWS::SNS::TopicPolicy', topic.id)).toEqual([
      expect.objectContaining({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
    ]);
  });

  it('leads to one queue, as it was written; what SNS may not deliver is a dead letter', () => {
    const subscriptions = production
      .all('AWS::SNS::Subscription')
      .filter(({ Properties }) => Properties.TopicArn.Ref === topic.id);
    expect(subscriptions.map(({ Properties }) => Properties)).toEqual([
      {
        Protocol: 'sqs',
        TopicArn: { Ref: topic.id },
        Endpoint: { 'Fn::GetAtt': [id, 'Arn'] },
        RawMessageDelivery: true,
        RedrivePolicy: { deadLetterTargetArn: queue.RedrivePolicy.deadLetterTargetArn },
      },
    ]);
    expect(policyOf(production, 'AWS::SQS::QueuePolicy', deadLettersOf(production))).toContainEqual(admits(topic.id));
  });

  it('has a queue that is encrypted, closed to plain HTTP, and open to the topic alone', () => {
    expect(queue).toMatchObject({ SqsManagedSseEnabled: true });
    expect(policyOf(production, 'AWS::SQS::QueuePolicy', id)).toEqual([
      expect.objectContaining({ Effect: 'Deny', Action: 'sqs:*' }),
      admits(topic.id),
    ]);
  });

  it('has a standard queue: groups are for fairness, and one message holds up no other', () => {
    expect(queue.FifoQueue).toBeUndefined();
    expect(topic.properties.FifoTopic).toBeUndefined();
  });

  it('hides a message for longer than the function runs and than a lease holds, but for a small part of a life', () => {
    const { Timeout } = production.function('client-notification').Properties;
    expect(Timeout).toBe(functions['client-notification'].timeoutSeconds);
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(2 * Timeout);
    expect(queue.VisibilityTimeout).toBeLessThanOrEqual(30);
  });

  it.each([
    ['the defaults', production, 600],
    ['requests of two hours', patient, 7200],
  ] as const)('keeps a message for as long as its request can be redeemed, with %s', (_, template, expiryLimit) => {
    const { MessageRetentionPeriod } = queueOf(template).queue;
    expect(MessageRetentionPeriod).toBe(expiryLimit + LONGEST_GRACE_SECONDS + 3600);
  });

  it.each([
    ['the defaults', production, 600],
    ['requests of two hours', patient, 7200],
    ['requests of 72 hours', extreme, 259_200],
  ] as const)('gives up on no message before the function does, with %s', (_, template, expiryLimit) => {
    const { maxReceiveCount, deadLetterTargetArn } = queueOf(template).queue.RedrivePolicy;
    const most = Math.max(...Array.from({ length: 40 }, (_, decidedAt) => deliveries(expiryLimit, decidedAt)));
    expect(most).toBeGreaterThan(600 / LONGEST_PAUSE_SECONDS);
    expect(maxReceiveCount).toBeGreaterThanOrEqual(most);
    expect(maxReceiveCount).toBeLessThan(1.5 * most);
    expect(deadLetterTargetArn).toEqual({ 'Fn::GetAtt': [deadLettersOf(template), 'Arn'] });
  });

  it('keeps what is pushed, and gives up on none of it, for as long as tokens are tried: half of their life', () => {
    const { MessageRetentionPeriod, RedrivePolicy } = queueOf(longTokens).queue;
    expect(MessageRetentionPeriod).toBe(43_200 / 2 + 3600);
    // One try a minute, after 40 looks for a decision.
    expect(RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(40 + 43_200 / 2 / 60);
    expect(RedrivePolicy.maxReceiveCount).toBeLessThan(1000);
  });

  it('stays within what SQS and Lambda take, whatever is set', () => {
    expect(queueOf(extreme).queue).toMatchObject({
      MessageRetentionPeriod: 263_100,
      RedrivePolicy: { maxReceiveCount: 75 },
    });
    expect(mappingOf(extreme).Properties.ScalingConfig).toEqual({ MaximumConcurrency: 2 });
  });
});

describe('the function client-notification', () => {
  const mapping = mappingOf(production);

  it('is run by the queue, at its alias, with a few messages at once, and tells which of them failed', () => {
    expect(mapping.Properties).toMatchObject({
      EventSourceArn: { 'Fn::GetAtt': [queueOf(production).id, 'Arn'] },
      BatchSize: 5,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(mapping.Properties.MaximumBatchingWindowInSeconds).toBeUndefined();
    const [, [name, alias]] = mapping.Properties.FunctionName['Fn::Join'];
    expect(JSON.stringify(name)).toContain(production.idOf(production.alias('client-notification')));
    expect(alias).toBe(':live');
  });

  it('takes a small part of the account’s instances, or those that are reserved for it', () => {
    expect(mapping.Properties.ScalingConfig).toEqual({ MaximumConcurrency: 5 });
    expect(mappingOf(patient).Properties.ScalingConfig).toEqual({ MaximumConcurrency: 40 });
    expect(patient.function('client-notification').Properties.ReservedConcurrentExecutions).toBe(40);
  });

  it('has its permissions before Lambda tries them', () => {
    const roleId = production.function('client-notification').Properties.Role['Fn::GetAtt'][0];
    const policies = production
      .all('AWS::IAM::Policy')
      .filter(({ Properties }) => Properties.Roles.some((role: Value) => role.Ref === roleId));
    expect(policies.length).toBe(1);
    expect(mapping.DependsOn).toEqual(expect.arrayContaining(policies.map((policy) => production.idOf(policy))));
  });

  it('has no queue for calls that nobody waits for: the mapping waits, and messages stay in their own', () => {
    expect(production.function('client-notification').Properties.DeadLetterConfig).toBeUndefined();
    expect(production.function('signing-keys').Properties.DeadLetterConfig).toBeDefined();
  });

  it('and device know the way, and no client in a private network', () => {
    const variables = (name: string) => production.function(name).Properties.Environment.Variables;
    expect(variables('device').NOTIFICATION_TOPIC).toEqual({ Ref: only(production, 'AWS::SNS::Topic').id });
    expect(variables('client-notification').NOTIFICATION_QUEUE_URL).toEqual({ Ref: queueOf(production).id });
    expect(variables('client-notification').NOTIFICATION_NETWORKS).toBeUndefined();
    // Names of slow clients must not take all threads that look names up.
    expect(Number(variables('client-notification').UV_THREADPOOL_SIZE)).toBeGreaterThan(4 * 5);
  });

  it('is watched by the age of what waits, which a client that is down does not raise', () => {
    const alarm = production
      .all('AWS::CloudWatch::Alarm')
      .find(({ Properties }) => Properties.AlarmName === 'ciba-production-pings-delayed');
    const watched = alarm?.Properties.Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Metric ?? []);
    const Dimensions = [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [queueOf(production).id, 'QueueName'] } }];
    expect(watched).toMatchObject([
      { MetricName: 'ApproximateAgeOfOldestMessage', Dimensions },
      { MetricName: 'ApproximateNumberOfMessagesDelayed', Dimensions },
    ]);
    expect(JSON.stringify(alarm?.Properties.Metrics)).toContain('IF(delayed > 0, age - 900, age)');
    expect(alarm?.Properties).toMatchObject({
      Threshold: 60,
      DatapointsToAlarm: 3,
      EvaluationPeriods: 5,
    });
    // SQS leaves out what was received three times; by then five seconds of waiting and the pause were spent thrice.
    const pauses = [1, 2, 3].map((tries) => pauseBefore({ tries, now: 0, until: 900 }) ?? 0);
    const thrice = pauses.reduce((sum, pause) => sum + 5 + pause, 0);
    expect(thrice).toBeLessThan(alarm?.Properties.Threshold);
  });
});

/**
 * How often a message is delivered whose request is decided so many seconds late, and whose client refuses all
 * connections. Another message takes its place before a long pause.
 */
function deliveries(expiryLimit: number, decidedAt: number): number {
  const facts = { expiresAt: expiryLimit, intervalSeconds: LONGEST_GRACE_SECONDS };
  for (let now = 0, tries = 0, received = 1; ; received += 1) {
    const request = requestIn(now < decidedAt ? 'pending' : 'approved', facts);
    const decision = decideNotification(request, { at: 0, now });
    if (decision.outcome === 'drop') return received;
    if (decision.outcome === 'notify') tries += 1;
    const pause = decision.outcome === 'wait' ? decision.seconds : pauseBefore({ tries, now, until: decision.until });
    if (pause === undefined || pause > LONGEST_PAUSE_SECONDS) return received;
    now += pause;
  }
}

const admits = (topicId: string) =>
  expect.objectContaining({
    Effect: 'Allow',
    Principal: { Service: 'sns.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Condition: { ArnEquals: { 'aws:SourceArn': { Ref: topicId } } },
  });

/** The one resource of a type that is part of the way. */
function only(template: Synthesized, type: string): { id: string; properties: Value } {
  const [found, ...others] = Object.entries(template.main.Resources).filter(
    ([id, { Type }]) => Type === type && id.startsWith('ProviderClientNotifications'),
  );
  if (!found || others.length > 0) throw new Error(`not one ${type}`);
  return { id: found[0], properties: found[1].Properties };
}

function queueOf(template: Synthesized): { id: string; queue: Value } {
  const { id, properties } = only(template, 'AWS::SQS::Queue');
  return { id, queue: properties };
}

function deadLettersOf(template: Synthesized): string {
  const { DeadLetterQueue } = template.main.Outputs ?? {};
  return DeadLetterQueue?.Value.Ref;
}

function mappingOf(template: Synthesized): Resource {
  const { id } = only(template, 'AWS::Lambda::EventSourceMapping');
  const mapping = template.main.Resources[id];
  if (!mapping) throw new Error('not one mapping');
  return mapping;
}

/** The statements of the policy of a topic or a queue. */
function policyOf(template: Synthesized, type: string, id: string): Value[] {
  return template
    .all(type)
    .filter(
      ({ Properties }) => JSON.stringify(Properties.Topics ?? Properties.Queues) === JSON.stringify([{ Ref: id }]),
    )
    .flatMap(({ Properties }) => Properties.PolicyDocument.Statement);
}
