import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CibaProvider } from '../../../infra/ciba-provider.ts';
import { PUSH_REGIONS } from '../../../infra/push/push-regions.ts';
import { propsOf } from '../../../infra/settings/props-of-settings.ts';
import type { ProviderSettings } from '../../../infra/settings/provider-settings.ts';
import { listOf, Synthesized, synthesized, type Value } from '../support/synthesized.ts';

const production = synthesized('production');
const minimal = synthesized('minimal');
const existing = 'arn:aws:sns:eu-west-1:111122223333:app/APNS/shop';

describe('SNS platform applications', () => {
  const applications = production.all('Custom::SnsPlatformApplication').map(({ Properties }) => Properties);

  it('are made for both platforms, and for development builds where that is set', () => {
    expect(applications.map(({ platform }) => platform)).toEqual(['APNS', 'APNS_SANDBOX', 'GCM']);
  });

  it('change when the credential version changes, and stay when they leave the settings', () => {
    for (const { credentialVersion, removeApplication } of applications) {
      expect(credentialVersion).toBe('1');
      expect(removeApplication).toBe('false');
    }
    expect(listActions('platform-application')).not.toContain('sns:DeletePlatformApplication');
  });

  it('have their credential in no template: only the ARN of the secret', () => {
    expect(production.text).not.toContain('{{resolve:');
    expect(production.text).not.toContain('PRIVATE KEY');
    for (const application of applications)
      expect(Object.keys(application).toSorted()).toEqual(
        [
          ...['ServiceTimeout', 'ServiceToken', 'credentialVersion', 'platform', 'removeApplication', 'secretArn'],
          ...(application.platform === 'GCM' ? [] : ['bundleId']),
        ].toSorted(),
      );
  });

  it('are made by a function that may read these secrets alone', () => {
    const reads = production
      .statements('platform-application')
      .filter((one) => one.Action === 'secretsmanager:GetSecretValue');
    expect(reads.map(({ Resource }) => Resource)).toEqual([
      [
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ciba/apns-AbCdEf',
        'arn:aws:secretsmanager:eu-west-1:111122223333:secret:ciba/fcm-GhIjKl',
      ],
    ]);
  });

  it('wait for the permissions of that function', () => {
    for (const application of production.all('Custom::SnsPlatformApplication'))
      expect(application.DependsOn?.some((id) => id.includes('RoleDefaultPolicy'))).toBe(true);
  });

  it('may be deleted where that is set', () => {
    const removing = new Synthesized({
      removeApplications: true,
      fcm: { secretArn: 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:fcm-AbCdEf' },
    });
    expect(removing.all('Custom::SnsPlatformApplication')[0]?.Properties.removeApplication).toBe('true');
    const actions = removing.statements('platform-application').flatMap(({ Action }) => listOf(Action));
    expect(actions).toContain('sns:DeletePlatformApplication');
  });

  it('may be others that exist: nothing is made, and devices are registered with them', () => {
    const given = new Synthesized({ apns: { applicationArn: existing, bundleId: 'com.example.shop' } });
    expect(given.all('Custom::SnsPlatformApplication')).toEqual([]);
    expect(given.function('device').Properties.Environment.Variables.APNS_APPLICATION_ARN).toBe(existing);
    const publishing = given
      .statements('backchannel-authentication')
      .filter(({ Action, Sid }) => Action === 'sns:Publish' && Sid === undefined);
    expect(publishing.map(({ Resource }) => Resource)).toEqual([
      [existing, 'arn:aws:sns:eu-west-1:111122223333:endpoint/APNS/shop/*'],
    ]);
  });

  it('may be missing altogether: everything else is there', () => {
    expect(minimal.all('Custom::SnsPlatformApplication')).toEqual([]);
  });
});

describe('a region', () => {
  /** What the synthesis warns of in a stack of this region; without a region it is only known at the deployment. */
  const warnings = (region: string | undefined, settings: ProviderSettings) => {
    const stack = new Stack(new App(), 'stack', { env: { ...(region && { region }) } });
    new CibaProvider(stack, 'Provider', propsOf(settings));
    const entries = stack.node.findAll().flatMap(({ node }) => node.metadata);
    return entries.flatMap(({ type, data }) => (type.startsWith('aws:cdk:warning') ? [String(data)] : []));
  };
  const pushing = (region: string) => ({
    fcm: { secretArn: `arn:aws:secretsmanager:${region}:111122223333:secret:fcm-AbCdEf` },
  });

  it.each(['eu-south-3', 'mx-central-1'])('%s, which AWS did not list, is a warning and no error', (region) => {
    expect(warnings(region, pushing(region))).toEqual([expect.stringContaining(`AWS did not list ${region}`)]);
  });

  it('is not warned of where AWS lists it, where it is not known yet, or where nothing is pushed', () => {
    expect(warnings('eu-north-1', pushing('eu-north-1'))).toEqual([]);
    expect(warnings(undefined, pushing('eu-north-1'))).toEqual([]);
    expect(warnings('eu-south-3', {})).toEqual([]);
  });

  it('with mobile push is one of 25, which docs/deploy.md names all', () => {
    const page = readFileSync(new URL('../../../docs/deploy.md', import.meta.url), 'utf8');
    const [line = ''] = /^- A region with SNS mobile push.*$/m.exec(page) ?? [];
    const [, listed = ''] = /\): (.*?)\. In any other/.exec(line) ?? [];
    expect(new Set(PUSH_REGIONS).size).toBe(25);
    expect(listed.split(/, | and /)).toEqual(PUSH_REGIONS);
  });
});

describe('events of push endpoints', () => {
  it('reach the function through the topic, and a dead-letter queue when it fails', () => {
    const [subscription] = production
      .all('AWS::SNS::Subscription')
      .filter(({ Properties }) => Properties.Protocol === 'lambda');
    expect(subscription?.Properties.Endpoint.Ref).toBe(production.idOf(production.alias('endpoint-events')));
    expect(JSON.stringify(subscription?.Properties.RedrivePolicy)).toContain('DeadLetters');
  });

  it('are sent there by every application that is made', () => {
    const { Variables } = production.function('platform-application').Properties.Environment;
    const parts = Variables.PLATFORM_APPLICATIONS['Fn::Join'][1];
    expect(parts.filter((part: Value) => part.Ref?.includes('EndpointEventsTopic')).length).toBe(3);
  });

  it('let the function mark devices, and do nothing else to the directory', () => {
    expect(listActions('endpoint-events')).toEqual(
      expect.arrayContaining(['dynamodb:GetItem', 'dynamodb:UpdateItem', 'sns:GetEndpointAttributes']),
    );
    expect(listActions('endpoint-events').filter((action) => /dynamodb|sns/.test(action)).length).toBe(3);
  });
});

describe('functions that answer self-checks', () => {
  it('are invoked by the API and the topic alone, besides whom IAM allows', () => {
    const names = ['admin', 'backchannel-authentication', 'device', 'endpoint-events'];
    const aliases = new Map(names.map((name) => [production.idOf(production.alias(name)), name]));
    const functions = new Map(names.map((name) => [production.idOf(production.function(name)), name]));
    const invokers = production.all('AWS::Lambda::Permission').flatMap(({ Properties }) => {
      const text = JSON.stringify(Properties.FunctionName);
      const named = [...aliases, ...functions].find(([id]) => text.includes(`"${id}"`));
      return named ? [`${named[1]} ${Properties.Principal}`] : [];
    });
    expect([...new Set(invokers)].toSorted()).toEqual([
      ...['admin', 'backchannel-authentication', 'device'].map((name) => `${name} apigateway.amazonaws.com`),
      'endpoint-events sns.amazonaws.com',
    ]);
  });
});

function listActions(name: string): string[] {
  return production.statements(name).flatMap(({ Action }) => listOf(Action));
}
