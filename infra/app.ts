import { App, Stack } from 'aws-cdk-lib';
import { CibaProvider, SettingsError } from './index.ts';
import { addPolicyChecks } from './policy-checks.ts';
import { propsOf } from './settings/props-of-settings.ts';
import { refuseUnknownContext } from './settings/settings-context.ts';
import { readSettings } from './settings/settings-file.ts';
import { tagsOfStage } from './settings/stage-tags.ts';

/** Defines the app that `cdk deploy` runs: one stack, for the stage that the context names. */
function main(): void {
  const app = new App();
  refuseUnknownContext(app.node.getAllContext());
  const place = { account: process.env['CDK_DEFAULT_ACCOUNT'], region: process.env['CDK_DEFAULT_REGION'] };
  const settings = readSettings(app.node.tryGetContext('stage'), place);
  // Account and region are always set, so the template is the same whether the settings or the credentials name them.
  // CDK derives a function's version from its template text, and Lambda refuses to publish a new version of a function
  // that has not changed.
  const { stage, account = place.account, region = place.region, ...props } = settings;
  const stack = new Stack(app, `ciba-${stage}`, {
    description: 'Serverless CIBA: an OpenID Provider for Client-Initiated Backchannel Authentication',
    env: { ...(account && { account }), ...(region && { region }) },
    terminationProtection: props.removalPolicy !== 'destroy',
  });
  new CibaProvider(stack, 'Provider', propsOf({ ...props, tags: tagsOfStage(stage, props.tags) }));
  addPolicyChecks(app);
}

try {
  main();
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
