import { defineConfig } from 'vitest/config';

/** What is done to nstrace on purpose, one after the other, as a table of what was promised and seen: npm run test:faults. */
export default defineConfig({
  test: {
    name: 'faults',
    include: ['test/faults/**/*.test.ts'],
    globalSetup: ['test/faults/setup.ts'],
    testTimeout: 90_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
    fileParallelism: false,
  },
});
