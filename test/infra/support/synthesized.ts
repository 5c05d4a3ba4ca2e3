import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { CibaProvider } from '../../../infra/ciba-provider.ts';
import { allFunctions } from '../../../infra/functions/deployed-functions.ts';
import { addPolicyChecks } from '../../../infra/policy-checks.ts';
import { propsOf } from '../../../infra/settings/props-of-settings.ts';
import type { ProviderSettings } from '../../../infra/settings/provider-settings.ts';
import { parseSettings } from '../../../infra/settings/settings.ts';
import { readSettings } from '../../../infra/settings/settings-file.ts';
import { codeBlocksIn, root } from '../../support/code-blocks.ts';

/** A CloudFormation value, a literal or an intrinsic function, as CDK's own assertions type it. */
export type Value = ReturnType<Template['toJSON']>[string];
export type Resource = {
  Type: string;
  Properties: Value;
  DependsOn?: string[];
  DeletionPolicy?: string;
  UpdateReplacePolicy?: string;
  UpdatePolicy?: Value;
};
type Synthesis = { Resources: Record<string, Resource>; Outputs?: Record<string, { Value: Value }> };

/** The stage that a deployer copies. */
const EXAMPLE = 'infra/stages/production.example.json';

export const settingsOf = {
  minimal: () => readSettings(undefined),
  dev: () => readSettings('dev'),
  production: () => parseSettings({ ...jsonOf(EXAMPLE), ...additions() }, EXAMPLE),
  /** Production behind CloudFront. */
  shielded: () => parseSettings({ ...jsonOf(EXAMPLE), ...additions(), ...shieldAddition() }, EXAMPLE),
};

/** The second domain name, the copies of backups and the events, as docs/deploy.md says to add them to the example. */
function additions(): object {
  return Object.assign({}, ...documented().filter((block) => !('shield' in block)));
}

/** The shield, as docs/deploy.md says to add it. */
function shieldAddition(): object {
  return Object.assign({}, ...documented().filter((block) => 'shield' in block));
}

function documented(): object[] {
  return codeBlocksIn('docs/deploy.md', 'json').map(({ text }) => JSON.parse(text) as object);
}

function jsonOf(path: string): object {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as object;
}

type Props = ProviderSettings & { stage?: string; account?: string | undefined; region?: string | undefined };
/** What a synthesis wrote. */
type Texts = { readonly main: string; readonly data: string; readonly shield?: string; readonly report: string };

/** `validated`: whether CDK checks the templates against what CloudFormation knows, which takes half of the time. */
function synthesize({ stage = 'test', account, region, ...props }: Props, validated: boolean): Texts {
  const outdir = mkdtempSync(join(tmpdir(), 'ciba-synth-'));
  const { context } = JSON.parse(readFileSync(new URL('../../../cdk.json', import.meta.url), 'utf8')) as Value;
  const app = new App({
    outdir,
    builtinCloudFormationValidation: validated,
    context: { ...context, 'aws:cdk:enable-asset-metadata': true },
  });
  const stack = new Stack(app, `ciba-${stage}`, { env: { ...(account && { account }), ...(region && { region }) } });
  new CibaProvider(stack, 'Provider', propsOf(props));
  addPolicyChecks(app);
  app.synth();
  const read = (ending: string) => readFileSync(join(outdir, fileIn(outdir, ending)), 'utf8');
  const texts = {
    main: read(`ciba-${stage}.template.json`),
    data: read('.nested.template.json'),
    ...(props.shield && { shield: read(`ciba-${stage}-shield.template.json`) }),
    report: read('validation-report.json'),
  };
  rmSync(outdir, { recursive: true });
  return texts;
}

/** The templates of one setting, as they would be deployed. */
export class Synthesized {
  readonly main: Synthesis;
  readonly data: Synthesis;
  /** The stack in us-east-1. Without the shield it is empty. */
  readonly shield: Synthesis;
  readonly text: string;
  /** What the policy checks and CDK's own validation said. */
  readonly report: string;

  constructor(props: Props, { main, data, shield, report }: Texts = synthesize(props, false)) {
    this.main = JSON.parse(main) as Synthesis;
    this.data = JSON.parse(data) as Synthesis;
    this.shield = JSON.parse(shield ?? '{"Resources":{}}') as Synthesis;
    this.text = main + data + (shield ?? '');
    this.report = report;
  }

  all(type: string): Resource[] {
    return Object.values(this.main.Resources).filter((resource) => resource.Type === type);
  }

  /** The only resource of a type. */
  single(type: string): Resource {
    const [resource, ...others] = this.all(type);
    if (!resource || others.length > 0) throw new Error(`the stack has not exactly one ${type}`);
    return resource;
  }

  idOf(resource: Resource): string {
    return Object.entries(this.main.Resources).find(([, one]) => one === resource)?.[0] ?? '';
  }

  /** The Lambda function of a file in `lambdas/`. */
  function(name: string): Resource {
    const specs: Record<string, { description: string }> = allFunctions;
    const found = this.all('AWS::Lambda::Function').filter(
      (one) => one.Properties.Description === specs[name]?.description,
    );
    if (found.length !== 1 || !found[0]) throw new Error(`${found.length} functions are ${name}`);
    return found[0];
  }

  /** What the role of a function may do. */
  statements(name: string): Value[] {
    const roleId = this.function(name).Properties.Role['Fn::GetAtt'][0];
    return this.all('AWS::IAM::Policy')
      .filter((policy) => policy.Properties.Roles.some((role: Value) => role.Ref === roleId))
      .flatMap((policy) => policy.Properties.PolicyDocument.Statement);
  }

  alias(name: string): Resource {
    const functionId = this.idOf(this.function(name));
    const found = this.all('AWS::Lambda::Alias').find((alias) => alias.Properties.FunctionName.Ref === functionId);
    if (!found) throw new Error(`${name} has no alias`);
    return found;
  }

  /** The routes of the API with the function that each one leads to. */
  routes(): { key: string; target: Value; authorization: string }[] {
    return this.all('AWS::ApiGatewayV2::Route').map(({ Properties: route }) => {
      const integration = this.main.Resources[route.Target['Fn::Join'][1][1].Ref];
      return {
        key: route.RouteKey,
        target: integration?.Properties.IntegrationUri.Ref,
        authorization: route.AuthorizationType,
      };
    });
  }
}

const cache = new Map<keyof typeof settingsOf, Synthesized>();

/** One of the settings, synthesized once in a run of the tests. */
export function synthesized(setting: keyof typeof settingsOf): Synthesized {
  const known = cache.get(setting) ?? new Synthesized(settingsOf[setting](), sharedTexts(setting));
  cache.set(setting, known);
  return known;
}

/** The texts of a setting, which the first file that needs them hands to the others of the same run. */
function sharedTexts(setting: keyof typeof settingsOf): Texts {
  const folder = process.env['TEST_PREPARED'];
  const path = `${folder}/synthesis/${setting}.json`;
  if (folder !== undefined && existsSync(path)) return JSON.parse(readFileSync(path, 'utf8')) as Texts;
  const texts = synthesize(settingsOf[setting](), true);
  if (folder !== undefined) {
    mkdirSync(dirname(path), { recursive: true });
    // Two files may do so at the same time.
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify(texts));
    renameSync(draft, path);
  }
  return texts;
}

/** One action or several, as a list. */
export function listOf(value: Value): string[] {
  return Array.isArray(value) ? value : [value];
}

function fileIn(folder: string, ending: string): string {
  const found = readdirSync(folder).filter((name) => name.endsWith(ending));
  if (found.length !== 1 || !found[0])
    throw new Error(`${found.length} files end in ${ending}: ${readdirSync(folder).join(' ')}`);
  return found[0];
}
