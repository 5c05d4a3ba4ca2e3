import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { chromium, engines } from './support/engines.ts';

// npm test: everything that a clean machine can check. Types and lint first, because they are quick; the tests after.
// What the machine lacks is left out with a printed reason; with CI=true that is a failure.

type Report = { numPassedTests: number; numFailedTests: number; numPendingTests: number };

const root = new URL('../', import.meta.url).pathname;
const report = `${root}test-output/vitest.json`;
const filters = process.argv.slice(2);

const steps: readonly (readonly [string, string, readonly string[]])[] = [
  ['types', 'node_modules/.bin/tsc', ['--noEmit']],
  ['types of the demo page', 'node_modules/.bin/tsc', ['-p', 'local/demo/pages']],
  ['lint', 'node_modules/.bin/biome', ['check', '.']],
  [
    'tests',
    process.execPath,
    [
      'node_modules/vitest/vitest.mjs',
      'run',
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...filters,
    ],
  ],
];

mkdirSync(`${root}test-output`, { recursive: true });
engines();
chromium();
for (const [name, command, args] of steps) {
  if (filters.length > 0 && name !== 'tests') continue;
  console.log(`\n▸ ${name}`);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (name === 'tests') printTotals();
  if (status !== 0) {
    console.error(`✗ ${name} failed`);
    process.exit(1);
  }
}

function printTotals(): void {
  const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  console.log(`${numPassedTests} passed, ${numFailedTests} failed, ${numPendingTests} skipped`);
}
