import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import * as v from 'valibot';
import { root } from './code-blocks.ts';

// The workflows of examples/pipeline, which readers copy (docs/pipeline.md).

export const PIPELINE_FOLDER = 'examples/pipeline';

const step = v.looseObject({ uses: v.optional(v.string()), run: v.optional(v.string()), if: v.optional(v.string()) });
const job = v.looseObject({
  uses: v.optional(v.string()),
  environment: v.optional(v.string()),
  needs: v.optional(v.union([v.string(), v.array(v.string())])),
  concurrency: v.optional(v.strictObject({ group: v.string(), 'cancel-in-progress': v.boolean() })),
  permissions: v.record(v.string(), v.picklist(['read', 'write'])),
  steps: v.optional(v.array(step), []),
});
const workflow = v.looseObject({
  name: v.string(),
  on: v.record(v.string(), v.unknown()),
  permissions: v.strictObject({}),
  jobs: v.record(v.string(), job),
});
export type Workflow = { readonly file: string; readonly text: string } & v.InferOutput<typeof workflow>;

/** The reader of YAML that comes inside aws-cdk-lib. Nothing else here reads YAML. */
const yaml = createRequire(createRequire(import.meta.url).resolve('aws-cdk-lib'))('yaml') as {
  parse: (text: string) => unknown;
};

export const workflows: readonly Workflow[] = globSync(`${PIPELINE_FOLDER}/*.yml`, { cwd: root })
  .toSorted()
  .map((path) => {
    const text = readFileSync(join(root, path), 'utf8');
    return { file: basename(path), text, ...v.parse(workflow, yaml.parse(text)) };
  });

/** What the jobs run, with values for the variables that they have there. */
export function scriptsOfWorkflows(): readonly { readonly place: string; readonly text: string }[] {
  const variables = 'STAGE=production; COMMIT=0123456; BAKE_MINUTES=30; GITHUB_STEP_SUMMARY=summary';
  return workflows.flatMap(({ file, jobs }) =>
    Object.values(jobs).flatMap(({ steps }) =>
      steps.flatMap(({ run }) => (run === undefined ? [] : [{ place: file, text: `${variables}\n${run}` }])),
    ),
  );
}
