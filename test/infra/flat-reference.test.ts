import { flattenCfnReference } from 'cdk-nag/lib/utils/flatten-cfn-reference.js';
import { expect, it } from 'vitest';
import { flatReference } from '../../infra/flat-reference.ts';

// As CloudFormation writes it in a text.
const PARTITION = `$\{AWS::Partition}`;

it.each([
  undefined,
  'arn:aws:s3:::bucket/*',
  `arn:${PARTITION}:s3:::bucket/*`,
  { Ref: 'Bucket' },
  { 'Fn::GetAtt': ['Bucket', 'Arn'] },
  { 'Fn::Sub': `arn:${PARTITION}:iam` },
  { 'Fn::ImportValue': { Ref: 'Name' } },
  { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':', { 'Fn::GetAtt': ['A', 'B'] }, '/*']] },
  { 'Fn::Select': [0, { Ref: 'A' }] },
])('a finding of cdk-nag names %j as acknowledgements do', (value) => {
  expect(flatReference(value)).toBe(flattenCfnReference(value));
});
