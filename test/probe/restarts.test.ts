import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Restarts } from '../../src/probe/restarts.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('starts again at once, then after longer and longer waits, and gives up the sixth time in a minute', async () => {
  const waits: number[] = [];
  const restarts = new Restarts(async (ms) => void waits.push(ms));
  for (let time = 1; time <= 5; time += 1) {
    expect(await restarts.next()).toBe(true);
  }
  expect(waits).toEqual([800, 1600, 3200, 6400]);
  expect(await restarts.next()).toBe(false);
});

it('forgets what is a minute ago', async () => {
  const waits: number[] = [];
  const restarts = new Restarts(async (ms) => void waits.push(ms));
  for (let time = 1; time <= 5; time += 1) {
    await restarts.next();
  }
  vi.advanceTimersByTime(60_000);
  waits.length = 0;
  expect(await restarts.next()).toBe(true);
  expect(waits).toEqual([]);
});
