import { defineConfig } from 'vitest/config';
import { PATIENCE_MILLISECONDS } from './test/support/patience.ts';
import { Progress } from './test/support/progress.ts';

/** For `npm run test:release`: what takes long, and can share the machine. */
const LONG = [
  'test/cli/command-line/{every-command,terminal}.test.ts',
  'test/cli/commands/{ask,ask-waits,listen,trigger}.test.ts',
  'test/cli/{tail/tail,trace/trace}-deployment.test.ts',
  'test/cli/trigger/scenarios.test.ts',
  'test/cli/importing/ten-thousand-users.test.ts',
  'test/e2e/{examples,first-day,local,https-on-one-machine,light-installation,local-options,tutorial}.test.ts',
  'test/infra/construct/{consumer-app,overrides,two-providers}.test.ts',
  'test/infra/{app,pipeline-rights}.test.ts',
  'test/clients/{discovery,openapi}.test.ts',
];
/**
 * For `npm run test:release`, one file after the other: what takes screenshots, what measures time and so wants the
 * machine for itself, client libraries that give up soon on a busy machine, and what makes the packages, in the one
 * folder where they are made.
 */
const RELEASE = [
  'test/browser/**/*.test.ts',
  'test/infra/functions/bundle-import.test.ts',
  'test/bench/load.test.ts',
  'test/clients/{apis,clients}.test.ts',
  'test/release/{command,construct,identical-builds}.test.ts',
];
/** For `npm run test:release` too: what runs on the emulator of AWS that others wrote. It needs Python. */
const ON_EMULATOR = ['test/emulator/**/*.test.ts'];
/** What `npm test` runs on other engines of DynamoDB. */
const ON_ENGINES = [
  'test/contract/{tables,enrolments-table,signing-keys-table,user-list-table}.test.ts',
  'test/e2e/{races,concurrent-changes}.test.ts',
];
/**
 * What does no I/O and changes nothing that other files see. Its files share processes, which is three times as fast.
 */
const RULES = ['test/{core,flows,edge,life}/**/*.test.ts'];
/** What synthesizes stacks. Its files share processes too: loading the CDK and bundling all functions takes seconds of each. */
const STACKS = ['test/infra/**/*.test.ts', 'test/docs/construct.test.ts'];
/** What starts providers. Its files share processes as well: loading the runtime takes a second of each. */
const PROVIDERS = ['test/e2e/**/*.test.ts'];
/** Bundles the functions for the providers that tests start. */
const PREPARE = 'test/support/prepare.ts';

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...RULES, ...STACKS, ...PROVIDERS, ...LONG, ...RELEASE, ...ON_EMULATOR],
          globalSetup: PREPARE,
        },
      },
      {
        extends: true,
        test: {
          name: 'stacks',
          include: STACKS,
          exclude: ['**/node_modules/**', ...LONG, ...RELEASE],
          isolate: false,
          globalSetup: PREPARE,
        },
      },
      {
        extends: true,
        test: {
          name: 'providers',
          include: PROVIDERS,
          exclude: ['**/node_modules/**', ...LONG],
          isolate: false,
          globalSetup: PREPARE,
        },
      },
      { extends: true, test: { name: 'rules', include: RULES, isolate: false } },
      { extends: true, test: { name: 'long', include: LONG } },
      {
        extends: true,
        test: { name: 'release', include: RELEASE, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
      {
        extends: true,
        test: {
          name: 'emulator',
          include: [...ON_EMULATOR, ...ON_ENGINES],
          fileParallelism: false,
          sequence: { groupOrder: 2 },
          env: { DYNAMODB_ENGINE: 'ministack' },
          globalSetup: PREPARE,
        },
      },
    ],
    // test/run.ts says what a person sees, and where it reads the totals.
    reporters: [
      process.env['TEST_REPORTER'] === 'progress' ? new Progress() : 'default',
      ...(process.env['TEST_REPORT']
        ? [['json', { outputFile: process.env['TEST_REPORT'] }] satisfies ['json', object]]
        : []),
    ],
    // What a test prints is shown if it fails. The tests of a release print their measurements.
    silent: process.env['TEST_REPORTER'] === 'progress' ? 'passed-only' : false,
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MILLISECONDS, interval: 10 } },
    // One more than the cores of a small machine: some files wait for a while, such as for a call that is tried again.
    maxWorkers: 3,
  },
});
