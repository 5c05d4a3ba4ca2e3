import { createRequire } from 'node:module';
import { afterAll, describe, expect, it } from 'vitest';
import { Synthesized, settingsOf, synthesized } from './support/synthesized.ts';

// AWS's own offline validator, with the schemas of all resource types and the rules of cfn-lint. It is taken from inside
// CDK, which is pinned and carries it: npm has only former beta versions. CDK runs it at each synthesis too, but there a
// finding may be acknowledged, and some rules are left out.

type Diagnostic = {
  readonly ruleId: string;
  readonly message: string;
  readonly entity?: { readonly logicalId: string; readonly resourceType?: string };
};
type Validator = {
  readonly TemplateContent: new (text: string) => object;
  readonly CompositeEngine: new () => {
    validateTemplate(
      template: object,
      config: { severityLevel: 'WARN' },
    ): { readonly status: string; readonly diagnostics: readonly Diagnostic[] };
    listRules(): readonly unknown[];
    free(): void;
  };
  readonly SchemaValidator: new () => { schemaCount(): number; free(): void };
};

const insideCdk = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'));
const { CompositeEngine, SchemaValidator, TemplateContent } = insideCdk('@aws/cloudformation-validate') as Validator;
const engine = new CompositeEngine();
const settings = Object.keys(settingsOf) as (keyof typeof settingsOf)[];
// Here and not in a test, because it takes long.
for (const setting of settings) synthesized(setting);
afterAll(() => engine.free());

/** Findings that are right as they are, each with its reason. */
const ACCEPTED: readonly { rule: string; on: RegExp; reason: string }[] = [
  { rule: 'W3005', on: /./, reason: 'CDK writes down dependencies that references imply as well; harmless' },
  { rule: 'W3694', on: /^AWS::SNS::Subscription$/, reason: 'an alias is a function to SNS' },
  { rule: 'W9002', on: /^Custom::SnsPlatformApplication$/, reason: 'settings name secrets of the account by ARN' },
  { rule: 'W9013', on: /^Custom::SnsPlatformApplication$/, reason: 'as above' },
];

/** Warnings and worse. */
function lint(template: object): readonly Diagnostic[] {
  const report = engine.validateTemplate(new TemplateContent(JSON.stringify(template)), { severityLevel: 'WARN' });
  expect(report.status).toBe('OK');
  return report.diagnostics;
}

function isAccepted({ ruleId, entity }: Diagnostic): boolean {
  return ACCEPTED.some(({ rule, on }) => rule === ruleId && on.test(entity?.resourceType ?? ''));
}

describe.each(settings)('the templates of the setting %s', (setting) => {
  it.each(['main', 'data', 'shield'] as const)(
    '%s: types, properties, values and references are what CloudFormation knows',
    (part) => {
      const template = synthesized(setting)[part];
      // Only the shield has a stack in us-east-1.
      if (part === 'shield' && setting !== 'shielded') return expect(template).toEqual({ Resources: {} });
      const found = lint(template).filter((one) => !isAccepted(one));
      expect(found.map(({ ruleId, message, entity }) => `${ruleId} ${entity?.logicalId}: ${message}`)).toEqual([]);
    },
  );
});

it.each(['governance', 'compliance'] as const)(
  'the bucket that is locked (%s) is what CloudFormation knows',
  (lock) => {
    const { data, report } = new Synthesized({ auditLock: lock });
    expect(lint(data).filter((one) => !isAccepted(one))).toEqual([]);
    expect(report).not.toContain('"non-compliant"');
  },
);

describe('the linter', () => {
  const queue = (Properties: object) => ({ Resources: { One: { Type: 'AWS::SQS::Queue', Properties } } });

  it('knows more than a thousand resource types and the rules', () => {
    const schemas = new SchemaValidator();
    expect(schemas.schemaCount()).toBeGreaterThan(1000);
    schemas.free();
    expect(engine.listRules().length).toBeGreaterThan(200);
  });

  it.each([
    ['an unknown type', { Resources: { One: { Type: 'AWS::SQS::Kew' } } }, 'F3006'],
    ['an unknown property', queue({ DelaySecondz: 1 }), 'F3002'],
    ['a property that is missing', { Resources: { One: { Type: 'AWS::Lambda::Function', Properties: {} } } }, 'F3003'],
    ['a value of another type', queue({ DelaySeconds: 'soon' }), 'F3012'],
    [
      'resources that wait for each other',
      {
        Resources: {
          One: { Type: 'AWS::SNS::Topic', DependsOn: 'Two' },
          Two: { Type: 'AWS::SNS::Topic', DependsOn: 'One' },
        },
      },
      'F3004',
    ],
    ['a reference to nothing', queue({ QueueName: { Ref: 'Nobody' } }), 'F1020'],
  ])('sees %s', (_, template, rule) => {
    expect(lint(template).map(({ ruleId }) => ruleId)).toContain(rule);
  });

  it.each([
    [
      'a property of ours',
      'AWS::Lambda::Function',
      (properties: Record<string, unknown>) => ({ ...properties, Memory: 1 }),
    ],
    ['a resource of ours', 'AWS::ApiGatewayV2::Stage', ({ ApiId: _, ...rest }: Record<string, unknown>) => rest],
  ])('sees %s that went wrong', (_, type, spoil) => {
    const template = structuredClone(synthesized('minimal').main);
    const one = Object.values(template.Resources).find(({ Type }) => Type === type);
    if (one) one.Properties = spoil(one.Properties);
    expect(lint(template).filter((found) => !isAccepted(found))).not.toEqual([]);
  });

  it('is needed for every exception that is made', () => {
    const all = [...lint(synthesized('production').main), ...lint(synthesized('minimal').main)];
    for (const { rule, on } of ACCEPTED)
      expect(all.some(({ ruleId, entity }) => ruleId === rule && on.test(entity?.resourceType ?? ''))).toBe(true);
  });
});
