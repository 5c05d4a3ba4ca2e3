import { defineConfig } from 'vitest/config';
import { PATIENCE_MILLISECONDS } from './test/support/patience.ts';

/**
 * For `npm run test:release`: what takes screenshots, what measures time and so wants the machine for itself, what
 * installs packages, and what takes long.
 */
const RELEASE = [
  'test/browser/**/*.test.ts',
  'test/infra/functions/bundle-import.test.ts',
  'test/bench/load.test.ts',
  'test/e2e/examples.test.ts',
  'test/e2e/light-installation.test.ts',
  'test/e2e/tutorial.test.ts',
];
/** For `npm run test:release` too: what runs on the emulator of AWS that others wrote. It needs Python. */
const ON_EMULATOR = ['test/emulator/**/*.test.ts'];
/** What `npm test` runs on other engines of DynamoDB. */
const ON_ENGINES = [
  'test/contract/{tables,enrolments-table,signing-keys-table}.test.ts',
  'test/e2e/{races,concurrent-changes}.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'suite',
          include: ['test/**/*.test.ts'],
          exclude: ['**/node_modules/**', ...RELEASE, ...ON_EMULATOR],
        },
      },
      { extends: true, test: { name: 'release', include: RELEASE } },
      {
        extends: true,
        test: { name: 'emulator', include: [...ON_EMULATOR, ...ON_ENGINES], env: { DYNAMODB_ENGINE: 'ministack' } },
      },
    ],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: PATIENCE_MILLISECONDS, interval: 10 } },
    // Each end-to-end file runs a whole provider of its own; two at a time suit a small machine.
    maxWorkers: 2,
  },
});
