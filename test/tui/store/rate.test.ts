import { describe, expect, it } from 'vitest';
import { Rate } from '../../../src/tui/store/rate.ts';

describe('Rate', () => {
  it('is the mean of the last five whole seconds', () => {
    const rate = new Rate(10);
    for (const [second, count] of [
      [100, 1],
      [101, 2],
      [102, 3],
      [103, 4],
      [104, 5],
      [105, 6],
    ] as const) {
      rate.add(second + 0.5, count);
    }
    expect(rate.perSecond(106)).toBe((2 + 3 + 4 + 5 + 6) / 5);
  });

  it('leaves out the second that is not over yet', () => {
    const rate = new Rate(10);
    rate.add(100.1, 5);
    rate.add(101.1, 1000);
    expect(rate.perSecond(101.9)).toBe(1);
  });

  it('is nothing when all is long over, also after a very long time', () => {
    const rate = new Rate(10);
    rate.add(100, 50);
    expect(rate.perSecond(106)).toBe(0);
    expect(rate.perSecond(1e9)).toBe(0);
    rate.add(1e9, 5);
    expect(rate.perSecond(1e9 + 1)).toBe(1);
  });

  it('counts what comes late in the second that it is now', () => {
    const rate = new Rate(10);
    rate.add(200);
    rate.add(150);
    expect(rate.perSecond(201)).toBe(2 / 5);
  });

  it('has a history of whole seconds, the oldest first, as long as it was asked to be', () => {
    const rate = new Rate(4);
    rate.add(10);
    rate.add(11, 2);
    rate.add(12, 3);
    expect(rate.history(13)).toEqual([1, 2, 3]);
    expect(rate.history(14)).toEqual([2, 3, 0]);
    expect(rate.history(15)).toEqual([3, 0, 0]);
  });
});
