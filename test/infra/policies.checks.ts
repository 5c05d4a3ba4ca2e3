import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { addPolicyChecks } from '../../infra/policy-checks.ts';
import { settingsOf, synthesized, type Value } from './support/synthesized.ts';

describe('roles that AWS services use', () => {
  it('are used in the name of this account alone, where the service says for whom it acts', () => {
    const { main, data } = synthesized('production');
    const trusts = [main, data].flatMap(({ Resources }) =>
      Object.values(Resources)
        .filter(({ Type }) => Type === 'AWS::IAM::Role')
        .flatMap(({ Properties }) => Properties.AssumeRolePolicyDocument.Statement as Value[]),
    );
    const conditionOf = ({ Principal, Condition }: Value) =>
      `${Principal.Service ?? 'account'} ${JSON.stringify(Condition ?? 'any')}`;
    // IAM lets nobody pass a role to a service of another account. That is all that keeps the others: AWS documents no
    // condition for them, and one that a service does not fulfil would lock it out.
    expect([...new Set(trusts.map(conditionOf))].toSorted()).toEqual([
      'account "any"',
      'backup.amazonaws.com "any"',
      'codedeploy.amazonaws.com "any"',
      'firehose.amazonaws.com {"StringEquals":{"sts:ExternalId":{"Ref":"AWS::AccountId"}}}',
      'lambda.amazonaws.com "any"',
      'logs.amazonaws.com {"StringLike":{"aws:SourceArn":"arn:aws:logs:eu-west-1:111122223333:*"}}',
      's3.amazonaws.com "any"',
    ]);
  });
});

describe('policy checks', () => {
  it.each(Object.keys(settingsOf) as (keyof typeof settingsOf)[])(
    'leave nothing open in the setting %s: no error and no warning, and a reason for what is accepted',
    (setting) => {
      const reports: Value[] = JSON.parse(synthesized(setting).report).pluginReports;
      expect(reports.flatMap((plugin) => plugin.violations)).toEqual([]);
      for (const accepted of reports.flatMap((plugin) => plugin.suppressedViolations ?? []))
        expect(accepted.reason.length).toBeGreaterThan(20);
    },
  );

  it('stop the synthesis of a stack that breaks a rule of either pack', () => {
    const outdir = mkdtempSync(join(tmpdir(), 'ciba-synth-'));
    const app = new App({ outdir });
    new Queue(new Stack(app, 'careless'), 'Queue');
    addPolicyChecks(app);
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS4[\s\S]+Serverless-SQSRedrivePolicy/);
    rmSync(outdir, { recursive: true });
  });
});
