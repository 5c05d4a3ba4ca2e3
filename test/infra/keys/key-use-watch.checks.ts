import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../support/event-pattern.ts';
import { others, ResourcePolicies } from '../support/resource-policies.ts';
import { synthesized, type Value } from '../support/synthesized.ts';

const minimal = synthesized('minimal');
const policies = new ResourcePolicies(minimal);
const KEY = 'arn:aws:kms:eu-central-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER_KEY = KEY.replace('1234abcd', '99999999');
const rule = minimal.all('AWS::Events::Rule').find(({ Properties }) => Properties.EventPattern)?.Properties;

/** The pattern as it is deployed, with ARNs in the place of references. */
function deployed(value: Value): Value {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object') return value;
  if (value['Fn::Join']) return deployed(value['Fn::Join'][1]).join(value['Fn::Join'][0]);
  const [id, attribute] = value['Fn::GetAtt'] ?? [];
  if (id === undefined) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deployed(one)]));
  return attribute === 'Arn' ? `arn:aws:iam::000000000000:role/${id}` : KEY;
}
const pattern = deployed(rule?.EventPattern);

type Call = { eventName: string; by: string | undefined; key?: string; denied?: 'with the key' | 'without the key' };

/** A call as CloudTrail records it: https://docs.aws.amazon.com/kms/latest/developerguide/ct-decrypt.html. */
function event({ eventName, by, key = KEY, denied }: Call): object {
  const role = by?.includes(':role/') ? by : undefined;
  const session = `${by?.replace(':iam:', ':sts:').replace(':role/', ':assumed-role/')}/session`;
  return {
    source: 'aws.kms',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: 'kms.amazonaws.com',
      eventName,
      userIdentity:
        role === undefined
          ? { type: 'IAMUser', arn: by }
          : {
              type: 'AssumedRole',
              arn: session,
              sessionContext: { sessionIssuer: { type: 'Role', arn: role }, attributes: {} },
            },
      readOnly: true,
      ...(denied && {
        errorCode: 'AccessDenied',
        errorMessage: `User: ${session} is not authorized to perform: kms:${eventName} on resource: ${key} with an explicit deny in a resource-based policy`,
      }),
      ...(denied !== 'without the key' && { resources: [{ accountId: '1', type: 'AWS::KMS::Key', ARN: key }] }),
    },
  };
}
const rings = (call: Call) => matchesPattern(pattern, event(call));
const token = policies.roleOf('token');
const signingKeys = policies.roleOf('signing-keys');
const MAKE = 'GenerateDataKeyPairWithoutPlaintext';

describe('the alarm on uses of the KMS key by others', () => {
  it('gets reads too, as which CloudTrail counts Decrypt', () => {
    expect(rule?.State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
  });

  it('is silent while token decrypts and signing-keys makes keys', () => {
    expect(rings({ eventName: 'Decrypt', by: token })).toBe(false);
    expect(rings({ eventName: MAKE, by: signingKeys })).toBe(false);
  });

  it.each(Object.entries(others))('rings when %s decrypts or makes keys, or tries to', (_, by) => {
    for (const eventName of ['Decrypt', MAKE]) {
      expect(rings({ eventName, by })).toBe(true);
      expect(rings({ eventName, by, denied: 'with the key' })).toBe(true);
      expect(rings({ eventName, by, denied: 'without the key' })).toBe(true);
    }
  });

  it('rings when a caller is no identity of this account at all', () => {
    expect(rings({ eventName: 'Decrypt', by: undefined })).toBe(true);
  });

  it('rings when one of the two does what only the other may', () => {
    expect(rings({ eventName: 'Decrypt', by: signingKeys })).toBe(true);
    expect(rings({ eventName: MAKE, by: token })).toBe(true);
  });

  it('rings when one of the two is denied what it needs: then nobody can log in for long', () => {
    expect(rings({ eventName: 'Decrypt', by: token, denied: 'without the key' })).toBe(true);
  });

  it.each([
    'CreateGrant',
    'ReEncrypt',
    'GenerateDataKeyPair',
    'Encrypt',
    'PutKeyPolicy',
    'DisableKey',
    'ScheduleKeyDeletion',
  ])('rings at %s, whoever calls it', (eventName) => {
    for (const by of [token, signingKeys, others.administrator]) expect(rings({ eventName, by })).toBe(true);
  });

  it('is not about other keys, and not about looking at this one', () => {
    expect(rings({ eventName: 'Decrypt', by: others.administrator, key: OTHER_KEY })).toBe(false);
    expect(rings({ eventName: 'Decrypt', by: others.administrator, key: OTHER_KEY, denied: 'without the key' })).toBe(
      false,
    );
    expect(rings({ eventName: 'DescribeKey', by: others.administrator })).toBe(false);
  });

  it('has a pattern of at most the 2048 characters that EventBridge takes by default, with the longest names of roles', () => {
    const text = JSON.stringify(pattern).replaceAll(/(?<=:role\/)[^"]+/g, 'r'.repeat(64));
    expect(text.length).toBeLessThan(2048);
  });

  it('counts what arrives in its queue, which only EventBridge may fill', () => {
    const [target] = rule?.Targets ?? [];
    const [queue] = target.Arn['Fn::GetAtt'];
    expect(minimal.main.Resources[queue]?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
    const [policy] = minimal
      .all('AWS::SQS::QueuePolicy')
      .filter(({ Properties }) => Properties.Queues[0].Ref === queue);
    const allowed = policy?.Properties.PolicyDocument.Statement.filter(({ Effect }: Value) => Effect === 'Allow');
    expect(allowed).toHaveLength(1);
    expect([allowed[0].Principal, allowed[0].Condition]).toEqual([
      { Service: 'events.amazonaws.com' },
      { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringContaining('KeyUseWatchRule'), 'Arn'] } } },
    ]);
    const alarm = minimal
      .all('AWS::CloudWatch::Alarm')
      .find(({ Properties }) => Properties.AlarmName === 'ciba-main-key-used-by-others')?.Properties;
    expect([alarm?.Namespace, alarm?.MetricName, alarm?.Threshold]).toEqual(['AWS/Events', 'Invocations', 1]);
    expect(alarm?.Dimensions).toEqual([
      { Name: 'RuleName', Value: { Ref: expect.stringContaining('KeyUseWatchRule') } },
    ]);
  });
});
