import { defineConfig } from 'vitest/config';

/** Tests with real servers of NATS on loopback, which take minutes: npm run test:fleet. */
export default defineConfig({
  test: {
    name: 'fleet',
    include: ['test/fleet-cluster/**/*.test.ts'],
    globalSetup: ['test/fleet-cluster/setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 1,
  },
});
