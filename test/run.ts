import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import {
  canRun,
  chromium,
  ENGINES,
  fetchEmulator,
  fetchEngines,
  hasCurl,
  hasEmulator,
  hasJq,
} from './support/engines.ts';

// npm test: types, lint, then every test that a busy machine can run. npm run test:release: the tests that
// vitest.config.ts lists as such. Either takes paths, which leave all but the tests below them out. What the machine
// lacks is left out with a printed reason; with CI=true that is a failure. The last line is always the totals.

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number };
type Step = readonly [name: string, command: string, args: readonly string[]];

const root = new URL('../', import.meta.url).pathname;
const output = `${root}test-output`;
const report = `${output}/vitest.json`;
const traffic = `${output}/traffic`;
const isRelease = process.argv[2] === '--release';
const paths = process.argv.slice(isRelease ? 3 : 2);
// A few files are told test by test, all of them by their progress.
const told = isRelease || paths.length > 0 ? 'tests' : 'progress';
const env = {
  ...process.env,
  TEST_REPORT: report,
  TEST_REPORTER: told,
  // What callers of the tests' providers send and get.
  TEST_TRAFFIC: traffic,
  // Each process of tests then compiles only what no other has compiled. The release measures how long bundles compile.
  ...(!isRelease && { NODE_COMPILE_CACHE: `${root}node_modules/.cache/compiled` }),
};

const checks: readonly Step[] = [
  ['types', 'node_modules/.bin/tsc', ['--noEmit']],
  ['types of the demo page', 'node_modules/.bin/tsc', ['-p', 'local/demo/pages']],
  ['lint', 'node_modules/.bin/biome', ['check', '.']],
];
const tests: Step = [
  'tests',
  process.execPath,
  [
    'node_modules/vitest/vitest.mjs',
    'run',
    ...(isRelease
      ? ['--project=long', '--project=release', '--project=emulator']
      : ['--project=suite', '--project=stacks', '--project=providers', '--project=rules']),
    ...paths,
  ],
];

const isWhole = !isRelease && paths.length === 0;
const judge: Step = [
  'calls and answers as docs/openapi.json says',
  process.execPath,
  ['test/support/openapi/check-traffic.ts', traffic, ...(isWhole ? ['--whole'] : [])],
];

mkdirSync(output, { recursive: true });
rmSync(report, { force: true });
rmSync(traffic, { recursive: true, force: true });
const hasPassed = (await isComplete()) && [...(isWhole ? checks : []), tests, judge].every(passes);
if (hasPassed) rmSync(traffic, { recursive: true, force: true });
const { passed, failed, skipped } = totals();
// A step that fails without a failed test counts as one.
console.log(`${passed} passed, ${hasPassed ? failed : Math.max(failed, 1)} failed, ${skipped} skipped`);
process.exitCode = hasPassed ? 0 : 1;

/** Prints what the machine lacks; whether the tests may run without it. */
async function isComplete(): Promise<boolean> {
  try {
    if (isRelease) {
      chromium();
      await fetchEmulator();
      hasEmulator();
    } else {
      await fetchEngines();
      ENGINES.forEach(canRun);
      hasCurl();
      hasJq();
    }
    return true;
  } catch (error) {
    console.error(`✗ ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

function passes([name, command, args]: Step): boolean {
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, env, stdio: 'inherit' });
  const isSkipping = name === 'tests' && process.env['CI'] === 'true' && totals().skipped > 0;
  if (isSkipping) console.error('✗ with CI=true no test may be skipped');
  if (status !== 0) console.error(`✗ ${name} failed`);
  return status === 0 && !isSkipping;
}

/** Of the tests that ran; none where they did not. */
function totals(): { readonly passed: number; readonly failed: number; readonly skipped: number } {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8')) as Report;
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch {
    return { passed: 0, failed: 0, skipped: 0 };
  }
}
