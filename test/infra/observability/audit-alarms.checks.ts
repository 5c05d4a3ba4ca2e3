import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../support/event-pattern.ts';
import { Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const minimal = synthesized('minimal');
const silent = new Synthesized({ stage: 'silent', syntheticLogin: 'off' });
const dev = synthesized('dev');
const BUCKET = 'audit-bucket';
const STREAM = 'audit-stream';
const RECORDS = 'audit-records';
const FILTER = 'ciba-main-audit';
const idIn = (text: Value): string => JSON.stringify(text);

function alarm(name: string, { from = minimal, stage = 'main' } = {}): Value {
  const all = from.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties);
  return all.find(({ AlarmName }) => AlarmName === `ciba-${stage}-${name}`);
}
const expressionsOf = ({ Metrics = [] }: Value) => Metrics.flatMap(({ Expression }: Value) => Expression ?? []);
const metricsOf = ({ Metrics = [] }: Value) => Metrics.flatMap(({ MetricStat }: Value) => MetricStat?.Metric ?? []);

/** The name that stands for a reference to the data stack. */
function nameIn(reference: string): string {
  if (reference.includes('AuditBucket')) return BUCKET;
  return reference.includes('AuditRecords') ? RECORDS : STREAM;
}

/** The pattern of the rule that an alarm counts, as it is deployed, with names in the place of references. */
function patternOf(name: string): Value {
  const [{ Value: ruleName }] = alarm(name).Dimensions;
  const pattern = minimal.main.Resources[ruleName.Ref]?.Properties.EventPattern;
  const deployed = (value: Value): Value => {
    if (Array.isArray(value)) return value.map(deployed);
    if (typeof value !== 'object') return value;
    if (value['Fn::GetAtt']) return nameIn(idIn(value));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deployed(one)]));
  };
  return deployed(pattern);
}

describe('audit events that stop arriving', () => {
  it('are missed as soon as two hours have logins and no event, although the stream has no data then', () => {
    const { EvaluationPeriods, DatapointsToAlarm, Threshold, TreatMissingData } = alarm('audit-stopped');
    expect({ EvaluationPeriods, DatapointsToAlarm, Threshold }).toEqual({
      EvaluationPeriods: 2,
      DatapointsToAlarm: 2,
      Threshold: 1,
    });
    // Without a login there is no value.
    expect(TreatMissingData).toBe('notBreaching');
    expect(expressionsOf(alarm('audit-stopped')).toSorted()).toEqual([
      '0 * written',
      'IF(written > 0 AND arrived == 0, 1, 0)',
      'SUM([incoming, none])',
      'SUM([logins, synthetic])',
      'runs - failed',
    ]);
  });

  it('are told from an outage: a synthetic login that fails counts as no login', () => {
    const names = metricsOf(alarm('audit-stopped')).map(({ MetricName }: Value) => MetricName);
    expect(names.toSorted()).toEqual(['Errors', 'IncomingRecords', 'Invocations', 'Logins']);
  });

  it('are missed by the logins of people alone where there is no synthetic login', () => {
    const stopped = alarm('audit-stopped', { from: silent, stage: 'silent' });
    const names = metricsOf(stopped).map(({ MetricName }: Value) => MetricName);
    expect(names.toSorted()).toEqual(['IncomingRecords', 'Logins']);
    expect(expressionsOf(stopped)).toContain('SUM([logins])');
  });

  it.each([
    ['audit-not-sent', 'DeliveryErrors'],
    ['audit-throttled', 'DeliveryThrottling'],
  ])('raise %s when the subscriptions of this stack have %s, and not those of others', (name, metric) => {
    expect(expressionsOf(alarm(name))).toEqual([
      `SELECT SUM(${metric}) FROM "AWS/Logs" WHERE FilterName = '${FILTER}'`,
    ]);
    const filters = minimal.all('AWS::Logs::SubscriptionFilter').map(({ Properties }) => Properties.FilterName);
    expect(new Set(filters)).toEqual(new Set([FILTER]));
  });

  it('have no alarms where there is no audit store', () => {
    const names = dev.all('AWS::CloudWatch::Alarm').map(({ Properties }) => Properties.AlarmName);
    expect(names.filter((name) => name.includes('audit-'))).toEqual([]);
  });
});

describe('audit events that Firehose put aside', () => {
  const created = (key: string, name = BUCKET) => ({
    source: 'aws.s3',
    'detail-type': 'Object Created',
    detail: { bucket: { name }, object: { key, size: 5 } },
  });

  it('raise an alarm, each object under the prefix of the stream and no other', () => {
    const pattern = patternOf('audit-not-delivered');
    const stream = Object.values(minimal.data.Resources).find(
      ({ Type }) => Type === 'AWS::KinesisFirehose::DeliveryStream',
    )?.Properties.ExtendedS3DestinationConfiguration;
    const failed = stream.ErrorOutputPrefix.replace('!{firehose:error-output-type}', 'processing-failed');
    expect(matchesPattern(pattern, created(`${failed}one`))).toBe(true);
    expect(matchesPattern(pattern, created('audit/2026/11/30/one.gz'))).toBe(false);
    expect(matchesPattern(pattern, created(`${failed}one`, 'another-bucket'))).toBe(false);
  });

  it('are told by S3 itself, which needs no trail and no function', () => {
    expect(minimal.data.Resources['AuditBucket']?.Properties.NotificationConfiguration).toEqual({
      EventBridgeConfiguration: { EventBridgeEnabled: true },
    });
    expect(Object.values(minimal.data.Resources).map(({ Type }) => Type)).not.toContain(
      'Custom::S3BucketNotifications',
    );
  });
});

describe('changes that can empty the audit bucket, or stop what fills it', () => {
  const pattern = patternOf('audit-changed');
  const calls = {
    'aws.s3': { bucketName: BUCKET },
    'aws.firehose': { deliveryStreamName: STREAM },
    'aws.logs': { logGroupName: 'ciba-main-ProviderTokenLogs1234-abc', filterName: FILTER },
  };
  const rings = (source: keyof typeof calls, eventName: string, more: object = {}) =>
    matchesPattern(pattern, {
      source,
      'detail-type': 'AWS API Call via CloudTrail',
      detail: { eventName, sourceIPAddress: '192.0.2.1', requestParameters: calls[source], ...more },
    });

  it.each([
    ['aws.s3', 'PutBucketLifecycle'],
    ['aws.s3', 'DeleteBucketLifecycle'],
    ['aws.s3', 'PutBucketVersioning'],
    ['aws.s3', 'PutBucketPolicy'],
    ['aws.s3', 'DeleteBucketPolicy'],
    ['aws.s3', 'PutBucketNotification'],
    ['aws.s3', 'PutBucketEncryption'],
    ['aws.s3', 'PutBucketReplication'],
    ['aws.s3', 'PutBucketObjectLockConfiguration'],
    ['aws.s3', 'PutObjectLockConfiguration'],
    ['aws.s3', 'DeleteBucket'],
    ['aws.firehose', 'DeleteDeliveryStream'],
    ['aws.firehose', 'UpdateDestination'],
    ['aws.logs', 'DeleteSubscriptionFilter'],
    ['aws.logs', 'PutSubscriptionFilter'],
    ['aws.logs', 'DeleteLogGroup'],
  ] as const)('raise an alarm: %s %s, done or denied', (source, eventName) => {
    expect(rings(source, eventName)).toBe(true);
    expect(rings(source, eventName, { errorCode: 'AccessDenied' })).toBe(true);
  });

  it.each(['DeleteDeliveryStream', 'UpdateDestination'])(
    'raise an alarm: aws.firehose %s of the stream of records, into which decisions go before they are made',
    (eventName) => {
      expect(rings('aws.firehose', eventName, { requestParameters: { deliveryStreamName: RECORDS } })).toBe(true);
      expect(rings('aws.firehose', eventName, { requestParameters: { deliveryStreamName: 'other' } })).toBe(false);
    },
  );

  it('raise none by a deployment, on other resources, and by looking', () => {
    expect(rings('aws.s3', 'PutBucketLifecycle', { sourceIPAddress: 'cloudformation.amazonaws.com' })).toBe(false);
    expect(rings('aws.s3', 'PutBucketLifecycle', { requestParameters: { bucketName: 'other' } })).toBe(false);
    expect(rings('aws.logs', 'DeleteSubscriptionFilter', { requestParameters: { logGroupName: 'other' } })).toBe(false);
    expect(rings('aws.s3', 'GetBucketLifecycle')).toBe(false);
  });

  it('are looked for in a pattern of at most the 2048 characters that EventBridge takes by default', () => {
    expect(JSON.stringify(pattern).length + 4 * 64).toBeLessThan(2048);
  });
});

it('counts that CloudWatch cannot read raise an alarm, in the log groups of the functions that each login calls', () => {
  const found = metricsOf(alarm('counts-lost'));
  expect(found.length).toBeLessThanOrEqual(10);
  const groups = ['backchannel-authentication', 'token', 'device', 'client-notification'].flatMap((name) => {
    const { LogGroup } = minimal.function(name).Properties.LoggingConfig;
    return ['EMFParsingErrors', 'EMFValidationErrors'].map((metric) => idIn([LogGroup, metric]));
  });
  const watched = found.map(({ MetricName, Dimensions }: Value) => idIn([Dimensions[0].Value, MetricName]));
  expect(watched.toSorted()).toEqual(groups.toSorted());
  expect(found.every(({ Namespace }: Value) => Namespace === 'AWS/Logs')).toBe(true);
});
