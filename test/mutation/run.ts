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
  flows: { mutate: ['provider/flows/**/*.ts'], tests: ['test/flows/**/*.test.ts'], least: 90 },
};
type Layer = keyof typeof LAYERS;
const isLayer = (name: string): name is Layer => Object.hasOwn(LAYERS, name);

function configFor(layer: Layer): string {
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
    // A change that ends in a time-out counts as noticed. On a busy machine a slow test must not look like one.
    timeoutMS: 60_000,
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

/** Returns whether the command succeeded. */
function run(command: string, args: readonly string[], cwd: string): boolean {
  const succeeded = spawnSync(command, args, { cwd, stdio: 'inherit' }).status === 0;
  if (!succeeded) process.exitCode = 1;
  return succeeded;
}

/** Options of Stryker may follow the layer, such as `-m provider/core/form.ts` for one file. */
function mutate([wanted, ...options]: readonly string[]): void {
  if (wanted !== undefined && !isLayer(wanted)) {
    console.error(`There is no layer ${wanted}: it is core or flows, or nothing for both.`);
    process.exitCode = 2;
    return;
  }
  mkdirSync(output, { recursive: true });
  if (!run('npm', ['ci', '--no-audit', '--no-fund'], here)) return;
  const stryker = join(here, 'node_modules/@stryker-mutator/core/bin/stryker.js');
  for (const layer of Object.keys(LAYERS).filter(isLayer)) {
    if (wanted === undefined || wanted === layer) {
      run(process.execPath, [stryker, 'run', configFor(layer), ...options], root);
    }
  }
}

mutate(process.argv.slice(2));
