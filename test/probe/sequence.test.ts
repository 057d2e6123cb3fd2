import { describe, expect, it } from 'vitest';
import { Sequence } from '../../src/probe/sequence.ts';

const stamp = (cpu: number, seq: number, at: number) => ({ cpu, seq, at, mono: String(at) });

describe('a sequence', () => {
  it('finds nothing missing where every line came', () => {
    const sequence = new Sequence();
    expect([1, 2, 3].map((seq) => sequence.take(stamp(0, seq, seq)))).toEqual([undefined, undefined, undefined]);
    expect(sequence.settle(new Map([[0, 3]]), { mono: '9', at: 9 })).toEqual([]);
    expect(sequence).toMatchObject({ delivered: 3, lost: 0 });
  });

  it('counts a gap on its CPU and places it between the lines around it', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 10));
    sequence.take(stamp(1, 1, 11));
    expect(sequence.take(stamp(0, 5, 20))).toMatchObject({ count: 3, cpu: 0, from: '10', to: '20', exact: true });
    expect(sequence.lost).toBe(3);
  });

  it('counts what was lost before the first line and after the last', () => {
    const sequence = new Sequence();
    expect(sequence.take(stamp(0, 3, 10))).toMatchObject({ count: 2 });
    const losses = sequence.settle(
      new Map([
        [0, 5],
        [1, 4],
      ]),
      { mono: '99', at: 99 },
    );
    expect(losses).toMatchObject([
      { count: 2, cpu: 0, from: '10', to: '99' },
      { count: 4, cpu: 1, from: '99', to: '99' },
    ]);
    expect(sequence.delivered + sequence.lost).toBe(9);
  });

  it('knows whether all that totals count is here', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 1));
    expect(sequence.has(new Map([[0, 1]]))).toBe(true);
    expect(sequence.has(new Map([[0, 2]]))).toBe(false);
    expect(sequence.has(new Map([[1, 1]]))).toBe(false);
  });
});
