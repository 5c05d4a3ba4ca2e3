import { App, CfnResource, Stack, TagManager, Tags } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CibaProvider } from '../../infra/ciba-provider.ts';
import { propsOf } from '../../infra/settings/props-of-settings.ts';
import type { ProviderSettings } from '../../infra/settings/provider-settings.ts';
import { tagsOfStage } from '../../infra/settings/stage-tags.ts';
import { Synthesized, settingsOf, type Value } from './support/synthesized.ts';

const OWN = { 'cost-center': '1234' };

/** The tags of each resource that takes tags, by its path. */
function tagsIn(settings: ProviderSettings, outside: Readonly<Record<string, string>> = {}): [string, object][] {
  const app = new App();
  const stack = new Stack(app, 'ciba-tagged');
  for (const [name, value] of Object.entries(outside)) Tags.of(app).add(name, value);
  new CibaProvider(stack, 'Provider', propsOf(settings));
  app.synth();
  return stack.node.findAll().flatMap((one) => {
    const tags = CfnResource.isCfnResource(one) ? TagManager.of(one) : undefined;
    return tags ? [[one.node.path, tags.tagValues()] as [string, object]] : [];
  });
}

describe('tags', () => {
  it('are on everything that takes tags, with those of the deployer', () => {
    const { stage: _, account: __, region: ___, ...production } = settingsOf.production();
    const alarms = { ...production.alarms, monthlyBudget: 50 };
    const tagged = tagsIn({ ...production, alarms, tags: tagsOfStage('production', OWN) });
    expect(tagged.map(([path]) => path)).toContain('ciba-tagged/Provider/Budget');
    expect(tagged.length).toBeGreaterThan(90);
    const wanted = { App: 'serverless-ciba', Stack: 'ciba-tagged', Stage: 'production', ...OWN };
    for (const [path, tags] of tagged) expect(tags, path).toEqual(wanted);
  });

  it('reach the template: functions, roles, log groups, alarms, the secret, the API, tables in the nested stack', () => {
    const { main, data } = new Synthesized({ tags: OWN });
    const of = (type: string, from = main) => Object.values(from.Resources).filter(({ Type }) => Type === type);
    const pair = { Key: 'cost-center', Value: '1234' };
    const types = ['Lambda::Function', 'IAM::Role', 'Logs::LogGroup', 'CloudWatch::Alarm', 'SecretsManager::Secret'];
    for (const resource of types.flatMap((type) => of(`AWS::${type}`)))
      expect(resource.Properties.Tags).toContainEqual(pair);
    expect(of('AWS::ApiGatewayV2::Api')[0]?.Properties.Tags).toMatchObject(OWN);
    for (const table of of('AWS::DynamoDB::GlobalTable', data))
      for (const replica of table.Properties.Replicas) expect(replica.Tags).toContainEqual(pair);
    for (const type of ['S3::Bucket', 'KMS::Key', 'KinesisFirehose::DeliveryStream', 'Logs::LogGroup'])
      for (const { Properties } of of(`AWS::${type}`, data)) expect(Properties.Tags, type).toContainEqual(pair);
  });

  it('of the deployer replace ours of the same name in any case, because IAM takes no two that differ in case alone', () => {
    const [[, tags] = ['', {}]] = tagsIn({ removalPolicy: 'destroy', tags: { app: 'logins', STACK: 'one' } });
    expect(tags).toEqual({ app: 'logins', STACK: 'one' });
    expect(tagsOfStage('dev', { stage: 'test' })).toEqual({ stage: 'test' });
  });

  it('from outside the construct win over ours', () => {
    const [[, tags] = ['', {}]] = tagsIn({ removalPolicy: 'destroy' }, { App: 'everything' });
    expect(tags).toMatchObject({ App: 'everything', Stack: 'ciba-tagged' });
  });

  it('make no new version of a function: a version is made of what runs', () => {
    const versions = (own: Readonly<Record<string, string>>): Value =>
      Object.keys(new Synthesized({ removalPolicy: 'destroy', tags: own }).main.Resources).filter((id) =>
        id.includes('CurrentVersion'),
      );
    expect(versions({ a: 'b' })).toEqual(versions({}));
  });
});
