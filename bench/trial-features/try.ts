import { execFileSync, spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

// Tries each patch of this folder on a copy of HEAD: does it still apply, how many files does it touch, and do types, lint
// and the tests that hold it agree? `node_modules/.bin/node bench/trial-features/try.ts [name]`

const ROOT = join(import.meta.dirname, '../..');
const VITEST = 'node_modules/vitest/vitest.mjs';
const TYPES = 'node_modules/typescript/bin/tsc';
const LINT = 'node_modules/@biomejs/biome/bin/biome';

/** The tests for each feature, beyond those that run for every patch. */
const TESTS: Readonly<Record<string, readonly string[]>> = {
  'a-request-parameter': ['test/core', 'test/types', 'test/e2e/public-vulnerabilities/claims.test.ts'],
  'b-grant': ['test/core', 'test/flows', 'test/cli/commands', 'test/e2e/token.test.ts'],
  'c-refusal': ['test/core', 'test/edge', 'test/flows'],
  'd-alarm': ['test/infra/stack.test.ts'],
  'e-client-metadata': ['test/core', 'test/edge', 'test/cli/commands'],
};
const TESTS_OF_ALL = ['test/architecture.test.ts', 'test/docs.test.ts'];

type Check = { readonly ok: boolean; readonly output: string };

function run(copy: string, script: string, ...more: readonly string[]): Check {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...more], {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '1' },
  });
  return { ok: status === 0, output: `${stdout}${stderr}` };
}

const git = (folder: string, ...words: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...words], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

/** How many files were touched, by kind. */
function countsOf(paths: readonly string[]): string {
  const kinds = paths.map((path) =>
    path.startsWith('test/') ? 'tests' : path.endsWith('.md') ? 'documents' : 'source',
  );
  const count = (kind: string) => `${kinds.filter((one) => one === kind).length} ${kind}`;
  return ['source', 'tests', 'documents'].map(count).join(', ');
}

/** The result for one feature: one line of text, and whether everything passed. */
function tryOn(copy: string, name: string): { readonly line: string; readonly ok: boolean; readonly output: string } {
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  const applied = spawnSync('git', ['-C', copy, 'apply', '--3way', join(import.meta.dirname, `${name}.patch`)], {
    encoding: 'utf8',
  });
  if (applied.status !== 0) return { line: `${name}: does not apply`, ok: false, output: applied.stderr };
  const counts = countsOf(git(copy, 'diff', '--cached', '--name-only').trim().split('\n'));
  const types = run(copy, TYPES, '--noEmit');
  const lint = run(copy, LINT, 'check', '.');
  const tests = run(copy, VITEST, 'run', ...(TESTS[name] ?? []), ...TESTS_OF_ALL);
  const passed = tests.output.match(/Tests .*?(\d+) passed/)?.[1] ?? '0';
  const said = [
    `types ${types.ok ? 'ok' : 'FAIL'}`,
    `lint ${lint.ok ? 'ok' : 'FAIL'}`,
    `${passed} tests passed${tests.ok ? '' : ', others FAIL'}`,
  ];
  const failed = [types, lint, tests].filter(({ ok }) => !ok);
  return {
    line: `${name}: ${counts}; ${said.join(', ')}`,
    ok: failed.length === 0,
    output: failed.map(({ output }) => output).join('\n'),
  };
}

/** Tries one patch on a copy of HEAD, and removes the copy. */
function tryFeature(name: string): boolean {
  const copy = mkdtempSync(join(tmpdir(), 'trial-feature-'));
  try {
    git(ROOT, 'worktree', 'add', '--detach', '--force', copy, 'HEAD');
    const { line, ok, output } = tryOn(copy, name);
    console.log(line);
    if (!ok) console.error(output);
    return ok;
  } finally {
    git(ROOT, 'worktree', 'remove', '--force', copy);
    rmSync(copy, { recursive: true, force: true });
  }
}

const patches = globSync('*.patch', { cwd: import.meta.dirname }).map((path) => basename(path, '.patch'));
const wanted = patches.filter((name) => name.startsWith(process.argv[2] ?? '')).sort();
if (wanted.length === 0) throw new Error(`there is no such feature; there are ${patches.sort().join(', ')}`);
process.exitCode = wanted.map(tryFeature).every(Boolean) ? 0 : 1;
