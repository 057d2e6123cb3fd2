import { describe, expect, it } from 'vitest';
import { monoOfTicks, ticksOf } from '../../src/kernel/time.ts';
import { parseStat } from '../../src/procfs/stat.ts';

/** A line of /proc/PID/stat; the start is field 22. */
const statOf = (comm: string): string =>
  `4242 (${comm}) S 17 4242 4242 34819 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 551234 8192 100 18446744073709551615\n`;

describe('parseStat', () => {
  it.each(['ls', 'a b', 'x) S 1 2', ')', '(', '((a) (b))', ') R 99 99 (', 'line\nbreak', ''])(
    'reads a process whose comm is %j',
    (comm) => {
      expect(parseStat(statOf(comm))).toEqual({
        ...{ comm, state: 'S', ppid: 17, tty: 34_819, startTicks: 551234, exiting: false },
        ...{ cpuTicks: 3, threads: 1 },
      });
    },
  );

  it.each(['', 'garbage', '4242 (ls', '4242 (ls) S 17', ')('])('reads nothing from %j', (text) => {
    expect(parseStat(text)).toBeUndefined();
  });
});

describe('ticksOf', () => {
  it.each([
    ['0', 0],
    ['9999999', 0],
    ['10000000', 1],
    ['5512349999999', 551234],
    ['9223372036854775807', 922337203685],
  ])('makes ticks of %s ns as the kernel does, rounding down', (mono, ticks) => {
    expect(ticksOf({ mono, at: Number(mono) })).toBe(ticks);
  });

  it('is exact where a number is not', () => {
    const mono = '90071992549999999';
    expect(Number(mono)).toBe(90_071_992_550_000_000);
    expect(ticksOf({ mono, at: Number(mono) })).toBe(9_007_199_254);
  });
});

describe('monoOfTicks', () => {
  it('is the way back', () => {
    expect(monoOfTicks(551234)).toBe('5512340000000');
    const mono = monoOfTicks(922_337_203_685);
    expect(ticksOf({ mono, at: Number(mono) })).toBe(922_337_203_685);
  });
});
