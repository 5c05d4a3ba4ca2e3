import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../support/code-blocks.ts';
import { type Resource, synthesized } from './support/synthesized.ts';

// What CloudFormation may do in examples/pipeline/execution-policy.json, against what the stacks have. AWS was never
// asked: this holds services and managed policies, not each action.

type Statement = { readonly Sid: string; readonly Action: string | readonly string[]; readonly Resource: string };
const text = readFileSync(join(root, 'examples/pipeline/execution-policy.json'), 'utf8');
const { Statement: statements } = JSON.parse(text) as { Statement: Statement[] };
const actions = statements.flatMap(({ Action }) => [Action].flat());

/** Prefixes of actions, where they are not the name of the service in the type of its resources. */
const PREFIXES: Readonly<Record<string, string>> = { apigatewayv2: 'apigateway', kinesisfirehose: 'firehose' };

function resources(): readonly Resource[] {
  const all = [synthesized('production'), synthesized('shielded')];
  return all.flatMap(({ main, data, shield }) => [main, data, shield].flatMap((one) => Object.values(one.Resources)));
}

describe('examples/pipeline/execution-policy.json', () => {
  it('has rights on every service of which the stacks have a resource', { timeout: 120_000 }, () => {
    const services = resources().flatMap(({ Type }) => /^AWS::(\w+)::/.exec(Type)?.[1]?.toLowerCase() ?? []);
    const needed = [...new Set(services)].map((service) => PREFIXES[service] ?? service);
    expect(needed.length).toBeGreaterThan(15);
    expect(needed.filter((prefix) => !actions.some((action) => action.startsWith(`${prefix}:`)))).toEqual([]);
  });

  it('lets a role get managed policies of the kind that the stacks attach, and no other', () => {
    const attached = resources().flatMap(({ Properties }) => (Properties?.ManagedPolicyArns ?? []) as unknown[]);
    expect(attached.length).toBeGreaterThan(0);
    const foreign = attached
      .map((one) => JSON.stringify(one))
      .filter((one) => !one.includes(':iam::aws:policy/service-role/'));
    expect(foreign).toEqual([]);
  });

  it('has no right on IAM outside the roles of the stack', () => {
    const onIam = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('iam:')));
    expect(onIam.map(({ Resource }) => Resource)).toEqual([
      'arn:aws:iam::111122223333:role/ciba-production-*',
      'arn:aws:iam::111122223333:role/ciba-production-*',
    ]);
    expect(actions.filter((action) => action === 'iam:*' || action === '*')).toEqual([]);
  });
});
