import {
  Aspects,
  CfnParameter,
  CfnResource,
  type IAspect,
  RemovalPolicies,
  Stack,
  TagManager,
  Tags,
} from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { CfnRole, ManagedPolicy, PermissionsBoundary } from 'aws-cdk-lib/aws-iam';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IConstruct } from 'constructs';
import { describe, expect, it } from 'vitest';
import cdk from '../../../cdk.json' with { type: 'json' };
import { CibaProvider } from '../../../infra/index.ts';
import { all, consumer, dataOf, provider, templateOf } from './consumer.ts';

const env = { account: '111122223333', region: 'eu-west-1' };

describe('tags and aspects of an app', () => {
  it('reach everything that takes tags, the nested stack with the tables included', () => {
    const { app, stack } = consumer();
    Tags.of(app).add('owner', 'identity');
    const made = provider(stack);
    app.synth();
    const tagged = made.node.findAll().flatMap((one) => {
      const tags = CfnResource.isCfnResource(one) ? TagManager.of(one) : undefined;
      return tags ? [tags.tagValues()['owner']] : [];
    });
    expect(tagged.length).toBeGreaterThan(90);
    expect(new Set(tagged)).toEqual(new Set(['identity']));
  });

  it('put a boundary on every role', () => {
    const { stack } = consumer();
    const boundary = ManagedPolicy.fromManagedPolicyName(stack, 'Boundary', 'identity-boundary');
    PermissionsBoundary.of(stack).apply(boundary);
    const made = provider(stack);
    const roles = [stack, dataOf(made)].flatMap((one) => all(templateOf(one), 'AWS::IAM::Role'));
    expect(roles.length).toBeGreaterThan(10);
    for (const { Properties } of roles) expect(Properties).toHaveProperty('PermissionsBoundary');
  });

  it('change removal policies, also of tables', () => {
    const { stack } = consumer();
    const made = provider(stack);
    RemovalPolicies.of(stack).destroy();
    const tables = all(templateOf(dataOf(made)), 'AWS::DynamoDB::GlobalTable');
    expect(tables.map(({ DeletionPolicy }) => DeletionPolicy)).toEqual(['Delete', 'Delete']);
  });

  it('visit every resource', () => {
    const { stack } = consumer();
    const made = provider(stack);
    const seen = new Set<IConstruct>();
    const look: IAspect = { visit: (node) => void seen.add(node) };
    Aspects.of(stack).add(look);
    templateOf(stack);
    const resources = made.node.findAll().filter((one) => CfnResource.isCfnResource(one));
    expect(resources.filter((one) => !seen.has(one)).map(({ node }) => node.path)).toEqual([]);
    expect(resources.some((one) => one instanceof CfnRole)).toBe(true);
  });
});

describe('feature flags', () => {
  /** What policies allow and deny, in whatever order and however merged. */
  const rightsIn = (context: object) => {
    const { stack } = consumer({ env }, { context: { ...context } });
    const made = provider(stack);
    const templates = [stack, dataOf(made)].map(templateOf);
    return { templates, made };
  };
  const none = rightsIn({});
  const recommended = rightsIn(cdk.context);

  it.each([
    ['none', none],
    ['the recommended ones', recommended],
  ])('%s: stored data stays, buckets are closed, and every function has its own log group', (_, { templates }) => {
    const [main, data] = templates;
    if (!main || !data) throw new Error('no templates');
    for (const table of all(data, 'AWS::DynamoDB::GlobalTable')) expect(table.DeletionPolicy).toBe('Retain');
    for (const { Properties } of all(data, 'AWS::S3::Bucket'))
      expect(Properties['PublicAccessBlockConfiguration']).toMatchObject({
        BlockPublicAcls: true,
        RestrictPublicBuckets: true,
      });
    for (const { Properties } of all(main, 'AWS::Lambda::Function'))
      expect(Properties['LoggingConfig']).toMatchObject({ LogGroup: {} });
    expect(all(main, 'Custom::LogRetention')).toEqual([]);
  });

  it('none: the key of the signing keys denies what it denies with the recommended ones', () => {
    const denials = ({ templates: [, data] }: typeof none) =>
      data &&
      all(data, 'AWS::KMS::Key').map(({ Properties }) =>
        JSON.stringify(Properties['KeyPolicy'])
          .match(/"Sid":"[^"]+"/g)
          ?.toSorted(),
      );
    expect(denials(none)).toEqual(denials(recommended));
  });

  it('none: the same resources are made', () => {
    const kinds = ({ templates }: typeof none) =>
      templates.flatMap(({ Resources }) => Object.values(Resources).map(({ Type }) => Type)).toSorted();
    expect(kinds(none)).toEqual(kinds(recommended));
  });
});

describe('what CloudFormation makes in the same app', () => {
  it('may be given: certificate, zone, topic, secret and bus', () => {
    const { app, stack } = consumer({ env });
    const others = new Stack(app, 'others', { env });
    const zone = new HostedZone(others, 'Zone', { zoneName: 'login.example.com' });
    const made = new CibaProvider(stack, 'Ciba', {
      domain: {
        name: 'login.example.com',
        certificate: new Certificate(others, 'Certificate', { domainName: 'login.example.com' }),
        zone,
      },
      alarms: { topic: new Topic(others, 'Topic') },
      apns: { secret: new Secret(others, 'Apns'), bundleId: 'com.example.login' },
      events: { bus: new EventBus(others, 'Bus') },
      syntheticLogin: 'off',
    });
    expect(made.issuer).toBe('https://login.example.com/');
    const template = templateOf(stack);
    expect(JSON.stringify(all(template, 'AWS::ApiGatewayV2::DomainName'))).toContain('ertificate');
    for (const { Properties } of all(template, 'AWS::CloudWatch::Alarm'))
      expect(Properties['AlarmActions']).toHaveLength(1);
  });

  it('may be known at the deployment alone, such as the ARN of a platform application in a parameter', () => {
    const { stack } = consumer({ env });
    const arn = new CfnParameter(stack, 'Application').valueAsString;
    provider(stack, 'Ciba', { fcm: { applicationArn: arn } });
    const text = JSON.stringify(templateOf(stack));
    expect(text).toContain('{"Fn::Join":[":endpoint/",{"Fn::Split":[":app/",{"Ref":"Application"}]}]}');
    expect(text).toContain('"Fn::Split":["/",{"Fn::Select":[1,{"Fn::Split":[":app/",{"Ref":"Application"}]}]}]');
  });

  it('is refused where its form is known to be wrong: a secret imported by its name has no whole ARN', () => {
    const { stack } = consumer({ env });
    const secret = Secret.fromSecretNameV2(stack, 'Secret', 'ciba/apns');
    expect(() => provider(stack, 'Ciba', { apns: { secret, bundleId: 'a' } })).toThrow(
      'logins/Ciba: "apns.secret" must be the whole ARN, with the hyphen and six characters',
    );
  });
});
