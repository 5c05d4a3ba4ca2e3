import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { doctor } from '../../cli/commands/doctor-command.ts';
import { root } from '../support/code-blocks.ts';
import { PIPELINE_FOLDER, workflows } from '../support/workflows.ts';

// The pipeline that readers copy from examples/pipeline. test/docs/shell.test.ts checks its commands.

type Statement = {
  readonly Sid: string;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
};
const folder = join(root, PIPELINE_FOLDER);
const policyIn = (file: string): readonly Statement[] =>
  (JSON.parse(readFileSync(join(folder, file), 'utf8')) as { Statement: Statement[] }).Statement;
const listOf = (value: string | readonly string[] = []): readonly string[] => [value].flat();
const files = globSync('*', { cwd: folder }).toSorted();
/** How a workflow names the stage that it was called with. */
const STAGE = '$' + '{{ inputs.stage }}';
const [ISSUER, REPOSITORY] = ['token.actions.githubusercontent.com', 'repo:example-org@12345678/login@87654321'];

describe('the workflows of examples/pipeline', () => {
  const jobs = workflows.flatMap(({ file, jobs: all }) =>
    Object.entries(all).map(([name, job]) => ({ file, name, ...job })),
  );
  const steps = jobs.flatMap((job) => job.steps);

  it('are two, and give no right to a job that does not ask for it', () => {
    expect(workflows.map(({ file }) => file)).toEqual(['deploy-stage.yml', 'pipeline.yml']);
    expect(workflows.map(({ permissions }) => permissions)).toEqual([{}, {}]);
    const rights = new Set(jobs.map(({ permissions }) => JSON.stringify(permissions)));
    expect([...rights].toSorted()).toEqual(['{"contents":"read","id-token":"write"}', '{"contents":"read"}']);
  });

  it('pin each action by its commit, with its version beside it', () => {
    const uses = workflows.flatMap(({ text }) =>
      [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, one = '']) => one),
    );
    const foreign = uses.filter((one) => !one.startsWith('./'));
    expect(foreign.length).toBeGreaterThan(6);
    expect(foreign.filter((one) => !/^[\w.-]+\/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(one))).toEqual([]);
    const own = uses.filter((one) => one.startsWith('./')).map((one) => basename(one));
    expect(own.filter((file) => !existsSync(join(folder, file)))).toEqual([]);
  });

  it('have no secret and no key, and put nothing that others write into a script', () => {
    for (const { text } of workflows) expect(text).not.toMatch(/secrets\.|AWS_ACCESS_KEY_ID|AKIA/);
    expect(steps.filter(({ run }) => run?.includes('${{'))).toEqual([]);
  });

  it('deploy only in an environment, one deployment of a stage at a time, and never cancel one', () => {
    const deploying = jobs.filter((job) => job.steps.some(({ run }) => run?.includes('cdk deploy')));
    expect(deploying.map(({ file, environment }) => [file, environment])).toEqual([['deploy-stage.yml', STAGE]]);
    expect(deploying[0]?.concurrency).toEqual({ group: `deploy-${STAGE}`, 'cancel-in-progress': false });
  });

  it('refuse a commit that is not on main before they get credentials', () => {
    const [deploy] = jobs.filter(({ file }) => file === 'deploy-stage.yml');
    const order = (deploy?.steps ?? []).map(({ uses, run }) => uses ?? run ?? '');
    const refusal = order.findIndex((one) => one.includes('merge-base --is-ancestor'));
    expect(refusal).toBeGreaterThan(0);
    expect(order.findIndex((one) => one.startsWith('aws-actions/'))).toBeGreaterThan(refusal);
  });

  it('go from dev by staging to production, and production waits for the diff', () => {
    const [pipeline] = workflows.filter(({ file }) => file === 'pipeline.yml');
    const needs = ['dev', 'staging', 'production'].map((name) => pipeline?.jobs[name]?.needs);
    expect(needs).toEqual(['check', 'dev', ['staging', 'review']]);
  });
});

describe('the policies of examples/pipeline', () => {
  it.each([
    ['deploy-role-trust.json', [`${REPOSITORY}:environment:production`]],
    ['review-role-trust.json', [`${REPOSITORY}:pull_request`, `${REPOSITORY}:ref:refs/heads/main`]],
  ])('%s trusts this repository alone, by whole names', (file, subjects) => {
    const [statement, ...others] = policyIn(file);
    expect(others).toEqual([]);
    expect(Object.keys(statement?.Condition ?? {})).toEqual(['StringEquals']);
    expect(statement?.Condition?.['StringEquals']?.[`${ISSUER}:aud`]).toBe('sts.amazonaws.com');
    expect(listOf(statement?.Condition?.['StringEquals']?.[`${ISSUER}:sub`])).toEqual(subjects);
  });

  it('lets the role that deploys do what the doctor needs, and assume roles of the bootstrap', () => {
    const needed = /needs: ([\w:, -]+)\./.exec(doctor.notes ?? '')?.[1]?.split(', ') ?? [];
    const allowed = policyIn('deploy-role-policy.json').flatMap(({ Action }) => listOf(Action));
    expect(needed.length).toBeGreaterThan(15);
    expect(allowed.toSorted()).toEqual([...needed, 'sts:AssumeRole'].toSorted());
  });

  it('lets the role of pull requests read templates, and nothing that holds data', () => {
    const statements = policyIn('review-role-policy.json');
    const actions = statements.flatMap(({ Action }) => listOf(Action));
    expect(
      actions.filter((action) => !/^cloudformation:(Describe|Get|List)\w+$|^ssm:GetParameter$/.test(action)),
    ).toEqual([]);
    expect(statements.flatMap(({ Resource }) => listOf(Resource)).filter((one) => one === '*')).toEqual([]);
  });
});

describe('docs/pipeline.md', () => {
  it('says of every file in the folder what it is', () => {
    const page = readFileSync(join(root, 'docs/pipeline.md'), 'utf8');
    expect(files.length).toBe(8);
    expect(files.filter((file) => !page.includes(`(../${PIPELINE_FOLDER}/${file})`))).toEqual([]);
  });
});
