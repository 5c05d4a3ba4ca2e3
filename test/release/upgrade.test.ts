import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { HOLDING, lossesOf, type Resources } from '../../release/check/upgrade.ts';
import { root } from '../support/code-blocks.ts';
import { HELD_FILE, templatesNow } from './support/held-resources.ts';

const before: Readonly<Record<string, Resources>> = JSON.parse(readFileSync(join(root, HELD_FILE), 'utf8'));
const now = templatesNow();

describe('an upgrade from the last release', () => {
  it.each(Object.keys(before))('replaces and removes nothing that holds something: %s', (template) => {
    expect(lossesOf(before[template] ?? {}, now[template] ?? {})).toEqual([]);
  });

  it('is compared in both tables, the key, the audit bucket and its streams', () => {
    const ids = Object.keys(before['production data'] ?? {});
    for (const id of ['DirectoryTable', 'TransactionsTable', 'SigningKmsKey', 'AuditBucket'])
      expect(ids.some((one) => one.startsWith(id))).toBe(true);
  });
});

describe('the comparison of two templates', () => {
  const table = {
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: { KeySchema: [{ AttributeName: 'pk' }], BillingMode: 'PAY_PER_REQUEST' },
    DeletionPolicy: 'Retain',
  };

  it('finds a resource that is removed, or that becomes another', () => {
    expect(lossesOf({ Table: table }, {})).toEqual(['Table (AWS::DynamoDB::GlobalTable) is removed.']);
    const queue = { Type: 'AWS::SQS::Queue' };
    expect(lossesOf({ Table: table }, { Table: queue })).toEqual([
      'Table (AWS::DynamoDB::GlobalTable) becomes AWS::SQS::Queue.',
    ]);
  });

  it('finds a property whose change replaces the resource, and no other', () => {
    const changed = (properties: object) => ({ ...table, Properties: { ...table.Properties, ...properties } });
    expect(lossesOf({ Table: table }, { Table: changed({ TableName: 'directory' }) })).toEqual([
      'Table (AWS::DynamoDB::GlobalTable) is replaced, because TableName changes.',
    ]);
    expect(lossesOf({ Table: table }, { Table: changed({ BillingMode: 'PROVISIONED' }) })).toEqual([]);
  });

  it('finds a resource that was to be kept and is not any more', () => {
    expect(lossesOf({ Table: table }, { Table: { ...table, DeletionPolicy: 'Delete' } })).toEqual([
      'Table (AWS::DynamoDB::GlobalTable) is no longer kept: DeletionPolicy was Retain.',
    ]);
  });

  it('does not ask for what holds nothing, such as an alarm', () => {
    expect(lossesOf({ Alarm: { Type: 'AWS::CloudWatch::Alarm' } }, {})).toEqual([]);
  });
});

describe('the rules of replacement', () => {
  // What `cdk diff` knows, which CDK takes from the schemas of CloudFormation.
  const known = JSON.parse(gunzipSync(readFileSync(join(root, 'node_modules/aws-cdk/db.json.gz'))).toString());
  const types = new Map<string, Record<string, { causesReplacement?: string }>>();
  const collect = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    const { cloudFormationType, properties } = value as { cloudFormationType?: unknown; properties?: unknown };
    if (typeof cloudFormationType === 'string' && typeof properties === 'object')
      types.set(cloudFormationType, properties as Record<string, { causesReplacement?: string }>);
    else for (const member of Object.values(value)) collect(member);
  };
  collect(known);

  it.each(Object.keys(HOLDING).filter((type) => type.startsWith('AWS::')))(
    'name all that CloudFormation has for %s',
    (type) => {
      const properties = types.get(type);
      const replacing = Object.entries(properties ?? {}).filter(
        ([, { causesReplacement }]) => causesReplacement === 'yes',
      );
      expect(properties).toBeDefined();
      expect(HOLDING[type]).toEqual(expect.arrayContaining(replacing.map(([name]) => name)));
    },
  );

  it('cover every type of the data stack but policies and names', () => {
    const found = Object.values(now['production data'] ?? {}).map(({ Type }) => Type);
    const without = ['AWS::KMS::Alias', 'AWS::S3::BucketPolicy', 'AWS::IAM::Role', 'AWS::IAM::Policy'];
    expect(found.filter((type) => !(type in HOLDING) && !without.includes(type))).toEqual([]);
  });
});
