import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../support/event-pattern.ts';
import { others, ResourcePolicies } from '../support/resource-policies.ts';
import { Synthesized, settingsOf, synthesized, type Value } from '../support/synthesized.ts';

const minimal = synthesized('minimal');
const policies = new ResourcePolicies(minimal);
const KEY = 'arn:aws:kms:eu-central-1:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab';
const TABLE = 'arn:aws:dynamodb:eu-central-1:000000000000:table/ciba-main-DirectoryTable-1ABC';
const RESTORED = 'arn:aws:dynamodb:eu-central-1:000000000000:table/ciba-main-restored';
const PSEUDO: Readonly<Record<string, string>> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '000000000000',
};
const OTHER_KEY = KEY.replace('1234abcd', '99999999');
const ruleOn = (source: string, template = minimal) =>
  template.all('AWS::Events::Rule').find(({ Properties }) => Properties.EventPattern?.source.includes(source))
    ?.Properties;
const rule = ruleOn('aws.kms');

/** The pattern as it is deployed, with ARNs in the place of references. */
function deployed(value: Value): Value {
  if (Array.isArray(value)) return value.map(deployed);
  if (typeof value !== 'object') return value;
  if (value['Fn::Join']) return deployed(value['Fn::Join'][1]).join(value['Fn::Join'][0]);
  if (value.Ref) return PSEUDO[value.Ref];
  const [id, attribute] = value['Fn::GetAtt'] ?? [];
  if (id === undefined) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, deployed(one)]));
  if (attribute === 'Arn') return `arn:aws:iam::000000000000:role/${id}`;
  return attribute.includes('DirectoryTable') ? TABLE : KEY;
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
  ])('rings at %s, whoever calls it, and at an attempt that was denied', (eventName) => {
    for (const by of [token, signingKeys, others.administrator]) {
      expect(rings({ eventName, by })).toBe(true);
      expect(rings({ eventName, by, denied: 'with the key' })).toBe(true);
      expect(rings({ eventName, by, denied: 'without the key' })).toBe(true);
    }
    const key = OTHER_KEY;
    expect(rings({ eventName, by: others.administrator, key })).toBe(false);
    expect(rings({ eventName, by: others.administrator, key, denied: 'without the key' })).toBe(false);
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

  it('counts what arrives in its queue, which only EventBridge may fill, for its two rules', () => {
    const rules = ['aws.kms', 'aws.dynamodb'].map((source) => ruleOn(source));
    const queues = rules.map((one) => one?.Targets[0].Arn['Fn::GetAtt'][0]);
    const [queue] = queues;
    expect(queues).toEqual([queue, queue]);
    expect(minimal.main.Resources[queue]?.Properties.MessageRetentionPeriod).toBe(14 * 86_400);
    const [policy] = minimal
      .all('AWS::SQS::QueuePolicy')
      .filter(({ Properties }) => Properties.Queues[0].Ref === queue);
    const allowed: Value[] = policy?.Properties.PolicyDocument.Statement.filter(
      ({ Effect }: Value) => Effect === 'Allow',
    );
    const ids = ['KeyUseWatchRule', 'KeyUseWatchTableRule'].map((id) => expect.stringContaining(id));
    expect(allowed.map(({ Principal, Condition }) => ({ Principal, Condition }))).toEqual(
      ids.map((id) => ({
        Principal: { Service: 'events.amazonaws.com' },
        Condition: { ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [id, 'Arn'] } } },
      })),
    );
    const alarm = minimal
      .all('AWS::CloudWatch::Alarm')
      .find(({ Properties }) => Properties.AlarmName === 'ciba-main-key-used-by-others')?.Properties;
    const [sum, ...counted]: Value[] = alarm?.Metrics ?? [];
    expect([alarm?.Threshold, sum.Expression]).toEqual([1, 'SUM([uses, changes])']);
    expect(counted.map(({ Id, MetricStat: { Metric, Stat } }) => [Id, Stat, Metric])).toEqual(
      ['uses', 'changes'].map((name, index) => [
        name,
        'Sum',
        {
          Namespace: 'AWS/Events',
          MetricName: 'Invocations',
          Dimensions: [{ Name: 'RuleName', Value: { Ref: ids[index] } }],
        },
      ]),
    );
  });
});

type Change = { eventName: string; by: string; table?: string; denied?: 'with the table' | 'without the table' };

/**
 * A call as CloudTrail records it: its parameters with a small first letter, as in the UpdateTable of
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html.
 */
function changeEvent({ eventName, by, table = TABLE, denied }: Change): object {
  return {
    source: 'aws.dynamodb',
    'detail-type': 'AWS API Call via CloudTrail',
    detail: {
      eventSource: 'dynamodb.amazonaws.com',
      eventName,
      userIdentity: { type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role', arn: by } } },
      readOnly: false,
      ...(denied && {
        errorCode: 'AccessDenied',
        errorMessage: `User: ${by} is not authorized to perform: dynamodb:${eventName} on resource: ${table} because no identity-based policy allows the dynamodb:${eventName} action`,
      }),
      requestParameters: denied === 'without the table' ? null : { resourceArn: table },
    },
  };
}

describe('the alarm on changes of the policy of the table Directory', () => {
  const restored = new Synthesized({
    ...settingsOf.minimal(),
    restored: { directoryTable: RESTORED.slice(RESTORED.indexOf('/') + 1) },
  });
  const patterns = { own: ruleOn('aws.dynamodb'), withRestored: ruleOn('aws.dynamodb', restored) };
  const own = deployed(patterns.own?.EventPattern);
  const withRestored = deployed(patterns.withRestored?.EventPattern);

  it.each(['PutResourcePolicy', 'DeleteResourcePolicy'])(
    'rings at %s, whoever calls it, and at an attempt that was denied',
    (eventName) => {
      for (const by of [others.administrator, policies.recoveryRole, signingKeys]) {
        expect(matchesPattern(own, changeEvent({ eventName, by }))).toBe(true);
        expect(matchesPattern(own, changeEvent({ eventName, by, denied: 'with the table' }))).toBe(true);
        expect(matchesPattern(own, changeEvent({ eventName, by, denied: 'without the table' }))).toBe(true);
      }
    },
  );

  it('rings for the restored table in use, and still for the own one', () => {
    const by = others.administrator;
    for (const table of [TABLE, RESTORED]) {
      const change: Change = { eventName: 'DeleteResourcePolicy', by, table };
      expect(matchesPattern(withRestored, changeEvent(change))).toBe(true);
      expect(matchesPattern(withRestored, changeEvent({ ...change, denied: 'without the table' }))).toBe(true);
    }
    expect(matchesPattern(own, changeEvent({ eventName: 'DeleteResourcePolicy', by, table: RESTORED }))).toBe(false);
  });

  it('rings when a deployment changes the policy: whoever may deploy can lift a denial too', () => {
    const by = 'arn:aws:iam::000000000000:role/cdk-hnb659fds-cfn-exec-role-000000000000-eu-central-1';
    expect(matchesPattern(own, changeEvent({ eventName: 'PutResourcePolicy', by }))).toBe(true);
    const alarm = minimal
      .all('AWS::CloudWatch::Alarm')
      .find(({ Properties }) => Properties.AlarmName === 'ciba-main-key-used-by-others')?.Properties;
    expect(JSON.stringify(alarm.AlarmDescription)).toContain('A deployment that changes one of the policies');
  });

  it('is not about other tables, and not about looking at this policy', () => {
    const by = others.administrator;
    const table = TABLE.replace('Directory', 'Transactions');
    for (const denied of [undefined, 'with the table', 'without the table'] as const) {
      const change = changeEvent({ eventName: 'PutResourcePolicy', by, table, ...(denied && { denied }) });
      expect(matchesPattern(own, change)).toBe(false);
    }
    expect(matchesPattern(own, changeEvent({ eventName: 'GetResourcePolicy', by }))).toBe(false);
  });

  it('has a pattern of at most 2048 characters, with the longest names of tables', () => {
    const text = JSON.stringify(withRestored).replaceAll(/(?<=:table\/)[^"*]+/g, 't'.repeat(255));
    expect(text.length).toBeLessThan(2048);
  });
});
