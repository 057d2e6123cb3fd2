import { defineConfig } from 'vitest/config';

/** The unit tests of what Stryker changes: npm run test:mutation. Fuzzers, and tests of processes, are too slow to be run for each change. */
export default defineConfig({
  test: {
    include: ['test/model/**/*.test.ts', 'test/probe/**/*.test.ts', 'test/session/**/*.test.ts'],
    exclude: [
      'test/probe/tracer.test.ts',
      'test/probe/bpftrace/{parent-death,startup-timeout,scheduling,structures}.test.ts',
    ],
    testTimeout: 20_000,
    expect: { poll: { timeout: 15_000 } },
  },
});
