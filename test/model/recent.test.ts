import { expect, it } from 'vitest';
import { RecentSet } from '../../src/model/recent.ts';

it('has the last two of two', () => {
  const recent = new RecentSet(2);
  recent.add('a');
  recent.add('b');
  expect(['a', 'b', 'c'].map((key) => recent.has(key))).toEqual([true, true, false]);
  recent.add('c');
  expect(['a', 'b', 'c'].map((key) => recent.has(key))).toEqual([false, true, true]);
});
