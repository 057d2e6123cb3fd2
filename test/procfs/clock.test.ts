import { afterEach, describe, expect, it, vi } from 'vitest';
import { fromTimerList, WallClockWatch } from '../../src/procfs/clock.ts';

const base = (clock: number, offset: string): string => ` clock ${clock}:
  .base:       000000005d48df6e
  .index:      ${clock}
  .resolution: 1 nsecs
  .offset:     ${offset} nsecs
active timers:
 #0: <0000000026cdd612>, tick_nohz_handler, S:01
 # expires at 5525684000000-5525684000000 nsecs [in 3396702 to 3396702 nsecs]
`;

const listOf = (real: string, boot: string): string =>
  `Timer List Version: v0.10\nnow at 5525680603298 nsecs\n\ncpu: 0\n${base(0, '0')}${base(1, real)}${base(2, boot)}${base(3, '9')}`;

describe('fromTimerList', () => {
  it('is the wall clock less the time since boot, both as exact as the kernel has them', () => {
    expect(fromTimerList(listOf('1795525046139837901', '0'))).toBe(1795525046139837901n);
  });

  it('takes the time that the machine slept into account', () => {
    expect(fromTimerList(listOf('1795525046139837901', '3600000000000'))).toBe(1795521446139837901n);
  });

  it('takes the first CPU', () => {
    expect(fromTimerList(listOf('1000', '1') + listOf('5000', '5'))).toBe(999n);
  });

  it.each([
    ['nothing', ''],
    ['a list that is cut off', listOf('1000', '0').slice(0, 300)],
    ['a list whose numbers are hidden', listOf('0', '0')],
  ])('knows nothing from %s', (_what, text) => {
    expect(fromTimerList(text)).toBeUndefined();
  });
});

describe('WallClockWatch', () => {
  afterEach(() => vi.restoreAllMocks());

  /** Both clocks under the control of the test. */
  const clocks = () => {
    const now = { wall: 1_700_000_000_000, mono: 5_000_000 };
    vi.spyOn(Date, 'now').mockImplementation(() => now.wall);
    vi.spyOn(process.hrtime, 'bigint').mockImplementation(() => BigInt(now.mono) * 1_000_000n);
    return now;
  };

  it('sees no change while both clocks go at the same pace', () => {
    const now = clocks();
    const watch = new WallClockWatch();
    now.wall += 60_000;
    now.mono += 60_000;
    expect(watch.changed()).toBe(false);
  });

  it.each([3_600_000, -20])('sees once that the wall clock was set by %d ms', (step) => {
    const now = clocks();
    const watch = new WallClockWatch();
    now.wall += step;
    expect(watch.changed()).toBe(true);
    expect(watch.changed()).toBe(false);
  });

  it('sees a slow drift when it has added up', () => {
    const now = clocks();
    const watch = new WallClockWatch();
    const seen = Array.from({ length: 6 }, () => {
      now.wall += 2;
      return watch.changed();
    });
    expect(seen).toEqual([false, false, true, false, false, true]);
  });
});
