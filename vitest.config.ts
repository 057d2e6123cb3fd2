import { defineConfig } from 'vitest/config';

/**
 * End-to-end tests by folder. untraced: what else happens on the machine is nothing to them. alone: they use up buffers, CPUs or
 * pids, run what is too long or too deep for a record, or count what runs on the machine. traced: all others.
 */
const untraced = ['test/e2e/untraced/**/*.test.ts'];
const alone = ['test/e2e/alone/**/*.test.ts'];

const e2e = {
  globalSetup: ['test/e2e/setup.ts'],
  // As below: no test waits for long where all is well.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  expect: { poll: { timeout: 120_000 } },
};

/** Two files at once. Each tracer sees the whole machine, and tests look only at what they ran themselves. */
export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/faults/**', 'test/fleet-cluster/**'],
          // No test waits for long where all is well: a machine that is busy with something else takes many times as long.
          testTimeout: 180_000,
          expect: { poll: { timeout: 60_000 } },
        },
      },
      {
        test: { ...e2e, name: 'e2e-untraced', include: untraced },
      },
      {
        test: {
          ...e2e,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...untraced, ...alone],
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: { ...e2e, name: 'e2e-alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
