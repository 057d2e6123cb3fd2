import { describe, expect, it } from 'vitest';
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
