import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { describe, expect, it } from 'vitest';
import { addPolicyChecks } from '../../infra/nag.ts';
import { settingsOf, synthesized, type Value } from './support/synthesized.ts';

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
