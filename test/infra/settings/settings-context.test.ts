import { readFileSync } from 'node:fs';
import * as cxapi from 'aws-cdk-lib/cx-api';
import { describe, expect, it } from 'vitest';
import { refuseUnknownContext } from '../../../infra/settings/settings-context.ts';
import { SettingsError } from '../../../infra/settings/settings-error.ts';

const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8'));
const refuse = (names: readonly string[], fromFiles: readonly string[] = []) =>
  refuseUnknownContext(Object.fromEntries(names.map((name) => [name, 'x'])), fromFiles);

describe('context', () => {
  it.each(['stgae', 'Stage', 'stages', 'stage ', '', 'region'])('"%s" is refused, with what to write', (name) => {
    expect(() => refuse(['stage', name])).toThrow(
      new SettingsError(`There is no context "${name}": remove it, or name a stage with "-c stage=…".`),
    );
  });

  it('of the CDK itself is let through: flags, options, look-ups, and what its commands remember', () => {
    refuse(['stage', ...Object.keys(context), ...Object.keys(cxapi.FLAGS)]);
    refuse([
      'aws:cdk:enable-path-metadata',
      'aws:cdk:bundling-stacks',
      '@aws-cdk/aws-iam.arnSizeEstimate',
      'availability-zones:account=111122223333:region=eu-west-1',
      'hosted-zone:account=111122223333:domainName=example.com:region=eu-west-1',
      'vpc-provider:account=111122223333:filter.isDefault=true:region=eu-west-1',
      'ssm:account=111122223333:parameterName=/a:region=eu-west-1',
      'cli-telemetry',
      'acknowledged-issue-numbers',
    ]);
  });

  it('of a file is let through: only the command line is mistyped again and again', () => {
    refuse(['stage', 'remembered'], ['remembered']);
    expect(() => refuseUnknownContext({ stage: 'dev', ...context })).not.toThrow();
  });
});
