import { defineConfig } from 'vitest/config';

/** The unit tests of what Stryker changes: npm run test:mutation. Fuzzers are too slow to be run for each change. */
export default defineConfig({
  test: {
    include: ['test/model/**/*.test.ts', 'test/probe/**/*.test.ts', 'test/session/**/*.test.ts'],
    testTimeout: 20_000,
  },
});
