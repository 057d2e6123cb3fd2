import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisTicks } from '../../../src/report/page/axis.ts';

describe('the ticks of an axis', () => {
  it('are round moments', () => {
    expect(axisTicks(0, 1e9, 1000, 100).map(({ label }) => label)).toEqual([
      ...['0.0 s', '0.1 s', '0.2 s', '0.3 s', '0.4 s', '0.5 s', '0.6 s', '0.7 s', '0.8 s', '0.9 s', '1.0 s'],
    ]);
    expect(axisTicks(0, 300e9, 600, 100).map(({ label }) => label)).toEqual([
      ...['0 s', '1:00', '2:00', '3:00', '4:00', '5:00'],
    ]);
  });

  it('are no closer than asked, inside of what is shown, and do not grow in number with it', () => {
    const check = (from: number, length: number, width: number, room: number): void => {
      const to = from + length;
      const ticks = axisTicks(from, to, width, room);
      expect(ticks.length).toBeLessThanOrEqual(width / room + 2);
      for (const [index, { at }] of ticks.entries()) {
        // What is shown is in ns: below one, floating point decides.
        expect(at).toBeGreaterThanOrEqual(from - 1);
        expect(at).toBeLessThanOrEqual(to + 1);
        if (index > 0) {
          expect(((at - ticks[index - 1]!.at) / length) * width).toBeGreaterThanOrEqual(room * 0.999);
        }
      }
    };
    check(0, 1e9, 800, 90);
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e14 }),
        fc.integer({ min: 1000, max: 1e14 }),
        fc.integer({ min: 200, max: 4000 }),
        fc.integer({ min: 50, max: 150 }),
        check,
      ),
      { numRuns: 300 },
    );
  });
});
