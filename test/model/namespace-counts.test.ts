import { expect, it } from 'vitest';
import { ProcessCounts } from '../../src/model/namespace-counts.ts';

it('counts the processes of a namespace, and says which was the last', () => {
  const counts = new ProcessCounts();
  counts.enter(7);
  counts.enter(7);
  counts.enter(8);
  expect([counts.leave(7), counts.leave(8), counts.leave(7)]).toEqual([false, true, true]);
  counts.enter(7);
  expect(counts.leave(7)).toBe(true);
});

it('never has the last one of the host', () => {
  const counts = new ProcessCounts();
  counts.enter(0);
  expect([counts.leave(0), counts.leave(0)]).toEqual([false, false]);
});
