import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    // Each end-to-end file runs a whole provider of its own; two at a time suit a small machine.
    maxWorkers: 2,
  },
});
