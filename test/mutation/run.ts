import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

// npm run mutation [core|flows]: changes the rules one by one and counts how many changes the tests notice. It takes most
// of an hour, so it is no part of npm test. The report says for each change that no test noticed where it is.

const root = join(import.meta.dirname, '../..');
const here = join(root, 'test/mutation');
const output = join(root, 'test-output/mutation');

/** What is changed, which tests must notice it, and the least share of changes noticed, in percent. */
const LAYERS = {
  core: { mutate: ['provider/core/**/*.ts'], tests: ['test/core/**/*.test.ts'], least: 95 },
  flows: {
    mutate: ['provider/flows/**/*.ts'],
    tests: ['test/flows/**/*.test.ts', 'test/core/**/*.test.ts'],
    least: 90,
  },
};

function configFor(layer: keyof typeof LAYERS): string {
  const { mutate, tests, least } = LAYERS[layer];
  const vitest = join(output, `vitest.${layer}.ts`);
  writeFileSync(vitest, `export default { test: { include: ${JSON.stringify(tests)}, testTimeout: 30000 } };\n`);
  const config = {
    testRunner: 'vitest',
    plugins: [join(here, 'node_modules/@stryker-mutator/vitest-runner/dist/src/index.js')],
    vitest: { configFile: vitest, related: false },
    mutate,
    coverageAnalysis: 'perTest',
    concurrency: 2,
    reporters: ['clear-text', 'json', 'progress-append-only'],
    clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
    jsonReporter: { fileName: join(output, `${layer}.json`) },
    thresholds: { high: 100, low: least, break: least },
    // The compiler has no interface for programs; the tests run on stripped types.
    tsconfigFile: 'none',
    tempDirName: join(output, 'copies'),
    ignorePatterns: ['dist', 'docs', 'examples', 'bench', 'test-output', 'cdk.out', 'test/mutation/node_modules'],
  };
  const path = join(output, `${layer}.config.json`);
  writeFileSync(path, JSON.stringify(config, null, 2));
  return path;
}

function run(command: string, args: readonly string[], cwd: string): void {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

const [wanted, ...more] = process.argv.slice(2);
mkdirSync(output, { recursive: true });
run('npm', ['ci', '--no-audit', '--no-fund'], here);
for (const layer of ['core', 'flows'] as const) {
  if (wanted !== undefined && wanted !== layer) continue;
  const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  run(process.execPath, [stryker, 'run', configFor(layer), ...more], root);
}
