import { Duration, NestedStack } from 'aws-cdk-lib';
import { describe, expect, it } from 'vitest';
import { CibaProvider } from '../../../infra/index.ts';
import { all, consumer, provider, templateOf } from './consumer.ts';

/** Names that must differ between two providers of one account and region, by the type of resource. */
const NAMES: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'AlarmName',
  'AWS::CloudWatch::CompositeAlarm': 'AlarmName',
  'AWS::CloudWatch::Dashboard': 'DashboardName',
  'AWS::Events::EventBus': 'Name',
  'AWS::ApiGatewayV2::Api': 'Name',
  'AWS::Logs::LogGroup': 'LogGroupName',
  'AWS::Logs::SubscriptionFilter': 'FilterName',
};
const SECRET = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:fcm-AbCdEf';
const fcm = { secret: { secretArn: SECRET } };

const { stack } = consumer();
const first = provider(stack, 'Provider', { events: {}, fcm });
const second = provider(stack, 'Partners', { events: {}, fcm });
const both = templateOf(stack);
const outputs = Object.keys(both.Outputs);

describe('two providers in one stack', () => {
  it('have the same outputs, those of the second with its id before each name', () => {
    const named = outputs.filter((name) => !name.startsWith('Partners') && !/[0-9A-F]{8}$/.test(name));
    expect(named).toContain('Issuer');
    expect(named).toContain('FunctionToken');
    expect(named.filter((name) => !outputs.includes(`Partners${name}`))).toEqual([]);
  });

  it.each(Object.entries(NAMES))('have no %s of the same name', (type, property) => {
    const names = all(both, type).map(({ Properties }) => JSON.stringify(Properties[property]));
    const given = names.filter((name) => name !== undefined);
    expect(given.length).toBeGreaterThan(1);
    // The filters of one provider share their name: each is on a log group of its own.
    const distinct = type === 'AWS::Logs::SubscriptionFilter' ? 2 : given.length;
    expect(new Set(given).size).toBe(distinct);
  });

  it('keep their counts, their push applications and their aliases apart', () => {
    expect(first.metricLogins().namespace).toBe('Ciba/logins');
    expect(second.metricLogins().namespace).toBe('Ciba/logins-Partners');
    const text = JSON.stringify(both);
    expect(text).toContain(':app/GCM/logins"');
    expect(text).toContain(':app/GCM/logins-Partners"');
    const aliases = [first, second].map(({ signingKmsKey }) =>
      Object.values(all(templateOf(signingKmsKey.stack), 'AWS::KMS::Alias')).map(
        ({ Properties }) => Properties['AliasName'],
      ),
    );
    expect(aliases).toEqual([['alias/logins-signing-keys'], ['alias/logins-Partners-signing-keys']]);
  });

  it('have tables, keys and nested stacks of their own', () => {
    expect(first.directoryTable.stack).not.toBe(second.directoryTable.stack);
    expect(all(both, 'AWS::CloudFormation::Stack')).toHaveLength(2);
  });
});

describe('CloudFormation', () => {
  it('takes two providers without properties in one stack, which may have 500 resources', () => {
    const { stack: own } = consumer();
    for (const id of ['One', 'Two']) new CibaProvider(own, id);
    expect(Object.keys(templateOf(own).Resources).length).toBeLessThanOrEqual(500);
  });

  it('takes more of them in nested stacks', () => {
    const { stack: own } = consumer();
    const nested = ['One', 'Two', 'Three'].map((id) => new NestedStack(own, id));
    for (const one of nested) new CibaProvider(one, 'Ciba', { events: {}, fcm });
    for (const one of nested) expect(Object.keys(templateOf(one).Resources).length).toBeGreaterThan(200);
    // A nested stack that refers to itself, such as by its name, could not be made.
    const made = all(templateOf(own), 'AWS::CloudFormation::Stack');
    expect(made).toHaveLength(3);
    for (const [id, { Properties }] of Object.entries(templateOf(own).Resources))
      expect(JSON.stringify(Properties['Parameters'] ?? {})).not.toContain(id);
  });
});

describe('the name of a provider', () => {
  it('is its place in the stack, without what outputs cannot have', () => {
    const { stack: own } = consumer();
    const made = provider(own, 'My-ciba_1');
    expect(made.metricLogins().namespace).toBe('Ciba/logins-Myciba1');
    expect(Object.keys(templateOf(own).Outputs)).toContain('Myciba1Issuer');
  });

  it('is shortened where names of AWS would be too long, and stays different from others', () => {
    const { stack: own } = consumer({ stackName: `a${'b'.repeat(127)}` });
    const [one, two] = ['One', 'Two'].map((id) => provider(own, `${id}${'x'.repeat(100)}`, { events: {} }));
    expect(one?.metricLogins().namespace).not.toBe(two?.metricLogins().namespace);
    const template = templateOf(own);
    const lengths = (type: string) =>
      all(template, type).map(({ Properties }) => String(Properties[NAMES[type] ?? ''] ?? '').length);
    expect(Math.max(...lengths('AWS::CloudWatch::Alarm'))).toBeLessThanOrEqual(255);
    expect(Math.max(...lengths('AWS::CloudWatch::Dashboard'))).toBeLessThanOrEqual(255);
    expect(Math.max(...lengths('AWS::ApiGatewayV2::Api'))).toBeLessThanOrEqual(128);
    expect(Math.max(...lengths('AWS::Events::EventBus'))).toBeLessThanOrEqual(256);
  });

  it('is that of the outermost stack with the whole place in a nested stack, whose own name CloudFormation chooses', () => {
    const { stack: own } = consumer();
    const nested = new NestedStack(own, 'Nested');
    const made = provider(nested, 'Ciba', { fcm, syntheticLoginInterval: Duration.minutes(30) });
    expect(Object.keys(templateOf(nested).Outputs)).toContain('CibaIssuer');
    expect(made.metricLogins().namespace).toBe('Ciba/logins-NestedCiba');
  });
});
