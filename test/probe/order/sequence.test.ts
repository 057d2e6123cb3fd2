import { describe, expect, it } from 'vitest';
import { Sequence } from '../../../src/probe/order/sequence.ts';

const time = (at: number) => ({ at, mono: String(at) });
const stamp = (cpu: number, seq: number, at: number) => ({ cpu, seq, ...time(at) });
const begun = time(1);

describe('a sequence', () => {
  it('finds nothing missing where every line came', () => {
    const sequence = new Sequence();
    expect([1, 2, 3].map((seq) => sequence.take(stamp(0, seq, seq)))).toEqual([false, false, false]);
    expect(sequence.losses(time(9), begun)).toEqual([]);
    expect(sequence.settle(new Map([[0, 3]]), time(9), begun)).toEqual([]);
    expect(sequence).toMatchObject({ delivered: 3, lost: 0 });
  });

  it('counts a gap on its CPU and places it between the lines around it, once it is over', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 10));
    sequence.take(stamp(1, 1, 11));
    expect(sequence.take(stamp(0, 5, 20))).toBe(true);
    expect(sequence.lost).toBe(3);
    expect(sequence.losses(time(30), begun)).toEqual([]);
    expect(sequence.losses(time(40), begun)).toMatchObject([
      { count: 3, cpu: 0, from: '10', to: '20', exact: true, mono: '40' },
    ]);
    expect(sequence.losses(time(50), begun)).toEqual([]);
  });

  it('joins gaps that follow each other, for at most a second', () => {
    const sequence = new Sequence();
    const given = [];
    for (let index = 0; index < 25; index += 1) {
      const at = index * 100_000_000;
      sequence.take(stamp(0, 2 + 10 * index, at + 1000));
      given.push(...sequence.losses(time(at + 2000), begun));
    }
    given.push(...sequence.settle(new Map(), time(1e10), begun));
    expect(given).toHaveLength(3);
    expect(given.reduce((sum, { count }) => sum + count, 0)).toBe(sequence.lost);
    expect(given.map(({ from, to }) => Number(from) < Number(to))).toEqual([true, true, true]);
    expect(Number(given[1]!.from)).toBeGreaterThanOrEqual(Number(given[0]!.to));
  });

  it('counts what is given up as lost, up to now, and places what is missing later behind that heartbeat', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 2, 10));
    expect(sequence.losses(time(11), begun)).toEqual([]);
    expect(sequence.losses(time(12), begun)).toMatchObject([{ count: 1 }]);
    sequence.giveUp(
      new Map([
        [0, 5],
        [1, 4],
      ]),
      time(20),
      time(30),
    );
    expect(sequence).toMatchObject({ delivered: 1, lost: 8 });
    expect(sequence.losses(time(30), begun)).toMatchObject([
      { cpu: 0, count: 3, from: '10', to: '30', exact: true },
      { cpu: 1, count: 4, from: '1', to: '30', exact: true },
    ]);
    expect(sequence.take(stamp(0, 7, 40))).toBe(true);
    expect(sequence.settle(new Map([[1, 4]]), time(50), begun)).toMatchObject([
      { cpu: 0, count: 1, from: '20', to: '40' },
    ]);
    expect(sequence).toMatchObject({ delivered: 2, lost: 9 });
  });

  it('places what is given up after the last line, where the heartbeat waited behind it while bpftrace stood still', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 30));
    sequence.giveUp(new Map([[0, 3]]), time(20), time(60));
    expect(sequence.losses(time(60), begun)).toMatchObject([{ count: 2, from: '30', to: '60' }]);
    sequence.take(stamp(0, 6, 50));
    expect(sequence.settle(new Map(), time(70), begun)).toMatchObject([{ count: 2, from: '30', to: '50' }]);
  });

  it('never ends a loss before what it was joined to', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 30));
    sequence.giveUp(new Map([[0, 3]]), time(20), time(60));
    sequence.take(stamp(0, 6, 50));
    expect(sequence.settle(new Map(), time(70), begun)).toMatchObject([{ count: 4, from: '30', to: '60' }]);
  });

  it('leaves a line that was given up among the lost when it comes all the same', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 10));
    sequence.giveUp(new Map([[0, 3]]), time(20), time(25));
    expect(sequence.take(stamp(0, 3, 12))).toBe(false);
    expect(sequence).toMatchObject({ delivered: 1, lost: 2 });
    expect(sequence.take(stamp(0, 4, 30))).toBe(false);
    expect(sequence).toMatchObject({ delivered: 2, lost: 2 });
  });

  it('places what was lost before the first line of a CPU after the beginning', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 3, 10));
    expect(sequence.settle(new Map(), time(20), begun)).toMatchObject([{ count: 2, from: '1', to: '10' }]);
  });

  it('counts what was lost after the last line, to a time that is never before that line', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 10));
    const totals = new Map([
      [0, 3],
      [1, 4],
    ]);
    expect(sequence.settle(totals, time(9), begun)).toMatchObject([
      { count: 2, cpu: 0, from: '10', to: '10' },
      { count: 4, cpu: 1, from: '1', to: '9' },
    ]);
    expect(sequence.delivered + sequence.lost).toBe(7);
  });

  it('knows whether all that totals count is here', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 1));
    expect(sequence.has(new Map([[0, 1]]))).toBe(true);
    expect(sequence.has(new Map([[0, 2]]))).toBe(false);
    expect(sequence.has(new Map([[1, 1]]))).toBe(false);
  });

  it('reports a loss at its end once, however often it is asked', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, 10));
    const totals = new Map([[0, 5]]);
    expect(sequence.settle(totals, time(20), begun)).toMatchObject([{ kind: 'lost', count: 4, from: '10', to: '20' }]);
    expect(sequence.settle(totals, time(30), begun)).toEqual([]);
    expect(sequence.lost).toBe(4);
  });

  it.each([
    ['9', '10', '10'],
    ['10', '9', '10'],
    ['99', '100', '100'],
    ['98', '97', '98'],
    ['97', '98', '98'],
  ])('ends a loss between %s and a last line at %s with the later of the two', (now, line, later) => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 1, Number(line)));
    expect(sequence.settle(new Map([[0, 2]]), time(Number(now)), begun)).toMatchObject([{ to: later }]);
  });

  it('gives a gap that goes on for a second although it still grows, and not before', () => {
    const sequence = new Sequence();
    sequence.take(stamp(0, 3, 1e9));
    expect(sequence.losses(time(2e9 - 1), begun)).toEqual([]);
    sequence.take(stamp(0, 5, 2e9 - 1));
    expect(sequence.losses(time(2e9), begun)).toMatchObject([{ count: 3 }]);
  });
});
