import { describe, expect, it } from 'vitest';
import { Meter, maxMetered } from '../../../src/tui/paint/cpu-meter.ts';

const stat = (ticks: number, start = 500): string =>
  `1 (a) b) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0 ${start} 0 0`;

/** A meter, its clock, and what /proc has for each pid. */
const meterOf = () => {
  const clock = { ms: 0 };
  const files = new Map<number, string>();
  const reads: number[] = [];
  const meter = new Meter(
    (pid) => {
      reads.push(pid);
      return files.get(pid);
    },
    () => clock.ms,
  );
  const pass = (ms: number): void => {
    clock.ms += ms;
    meter.tick();
  };
  return { meter, files, reads, pass };
};

describe('Meter', () => {
  it('says the share of a core between two readings', () => {
    const { meter, files, pass } = meterOf();
    files.set(7, stat(100));
    expect(meter.percentOf(7)).toBeUndefined();
    pass(1000);
    expect(meter.percentOf(7)).toBeUndefined();
    files.set(7, stat(150));
    pass(2000);
    expect(meter.percentOf(7)).toBe(25);
  });

  it('reads nobody that is not asked about any more, and not more often than once a second', () => {
    const { meter, files, reads, pass } = meterOf();
    files.set(7, stat(1)).set(8, stat(1));
    pass(0);
    meter.percentOf(7);
    meter.percentOf(8);
    pass(999);
    expect(reads).toEqual([]);
    pass(1);
    meter.percentOf(8);
    pass(1000);
    pass(1000);
    expect(reads).toEqual([7, 8, 8]);
  });

  it('knows another process by its start, and forgets one that has ended', () => {
    const { meter, files, pass } = meterOf();
    files.set(7, stat(900));
    meter.percentOf(7);
    pass(1000);
    meter.percentOf(7);
    files.set(7, stat(901, 600));
    pass(1000);
    expect(meter.percentOf(7)).toBeUndefined();
    files.delete(7);
    pass(1000);
    expect(meter.percentOf(7)).toBeUndefined();
  });

  it('is bounded', () => {
    const { meter, reads, pass } = meterOf();
    for (let pid = 1; pid <= maxMetered + 10; pid += 1) {
      meter.percentOf(pid);
    }
    pass(1000);
    expect(reads).toHaveLength(maxMetered);
  });
});
