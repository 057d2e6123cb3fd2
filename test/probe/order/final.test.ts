import { describe, expect, it } from 'vitest';
import { FinalTotals } from '../../../src/probe/order/final.ts';

const totals = (...lines: number[]) => new Map(lines.entries());

describe('the final totals of the probes', () => {
  it('are not known while the probes run, however often heartbeats agree', () => {
    const final = new FinalTotals();
    final.beat(totals(5, 7));
    final.beat(totals(5, 7));
    expect(final.totals).toBeUndefined();
  });

  it('are those that two heartbeats after the stop agree on', () => {
    const final = new FinalTotals();
    final.beat(totals(5, 7));
    final.stop();
    final.beat(totals(5, 7));
    expect(final.totals).toBeUndefined();
    final.beat(totals(5, 7));
    expect(final.totals).toEqual(totals(5, 7));
  });

  it('wait for a line of a probe that was under way', () => {
    const final = new FinalTotals();
    final.stop();
    final.beat(totals(5, 7));
    final.beat(totals(5, 8));
    expect(final.totals).toBeUndefined();
    final.beat(totals(5, 8));
    expect(final.totals).toEqual(totals(5, 8));
  });

  it('wait for a CPU that made its first line after the stop', () => {
    const final = new FinalTotals();
    final.stop();
    final.beat(totals(5));
    final.beat(totals(5, 1));
    expect(final.totals).toBeUndefined();
  });
});
