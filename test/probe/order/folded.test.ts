import { describe, expect, it } from 'vitest';
import { FoldedCounts } from '../../../src/probe/order/folded.ts';

const time = { mono: '1000', at: 1000 };

describe('failed execs that were only counted', () => {
  it('are reported once for each total of a process', () => {
    const counts = new FoldedCounts();
    counts.note(7, 3, time);
    counts.note(7, 3, time);
    counts.note(8, 3, time);
    expect(counts.take().map(({ pid, total }) => [pid, total])).toEqual([
      [7, 3],
      [8, 3],
    ]);
    expect(counts.take()).toEqual([]);
    counts.note(7, 3, time);
    expect(counts.take()).toEqual([]);
    counts.note(7, 4, time);
    expect(counts.take()).toMatchObject([{ kind: 'folded', pid: 7, total: 4, last: false, mono: '1000', at: 1000 }]);
  });

  it('begin anew for a process that takes the pid of one that has reported its last total', () => {
    const counts = new FoldedCounts();
    counts.note(7, 3, time);
    counts.take();
    counts.forget(7);
    counts.note(7, 3, time);
    expect(counts.take()).toHaveLength(1);
  });
});
