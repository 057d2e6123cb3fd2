import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Pacing } from '../../../src/probe/bpftrace/pacing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** The kernel's clock and ours differ by this, in ms. */
const apart = 5000;
const longest = 1000;

const start = (longestMs = longest) => {
  let now = 0;
  const signals: [string, number][] = [];
  const note = (signal: string) => (): void => void signals.push([signal, now]);
  const pacing = new Pacing({ pause: note('stop'), resume: note('go on') }, longestMs, () => now);
  let delivered = 0;
  // It was busy for a while, without a pause: lines were still to come.
  for (let beats = 0; beats < 10; beats += 1) {
    delivered += 100;
    pacing.beat((now + apart) * 1e6, { delivered, lost: 0 }, 100);
  }
  return {
    pacing,
    signals,
    /** A heartbeat of that time comes at once, or late, with so many lines. */
    beat: (at: number, lines: number, { late = 0, left = 0, lost = 0 } = {}): void => {
      vi.advanceTimersByTime(Math.max(0, at + late - now));
      now = at + late;
      delivered += lines;
      pacing.beat((at + apart) * 1e6, { delivered, lost }, left);
    },
    pass: (ms: number): void => {
      for (let step = 0; step < ms; step += 1) {
        now += 1;
        vi.advanceTimersByTime(1);
      }
    },
  };
};

describe('Pacing', () => {
  it('stops bpftrace from one heartbeat to just before the next', () => {
    const { beat, pass, signals } = start();
    beat(100, 200);
    expect(signals).toEqual([['stop', 100]]);
    pass(100);
    expect(signals).toEqual([
      ['stop', 100],
      ['go on', 195],
    ]);
    beat(200, 200);
    expect(signals.at(-1)).toEqual(['stop', 200]);
  });

  it('stops it no longer after the machine was suspended, which only the clock of the kernel counts', () => {
    const { pacing, pass, signals } = start();
    const hourMs = 3_600_000;
    pacing.beat((hourMs + apart) * 1e6, { delivered: 1200, lost: 0 }, 0);
    pass(100);
    expect(signals).toEqual([
      ['stop', 0],
      ['go on', 95],
    ]);
  });

  it('does not stop it for a burst, but where much is made for a second', () => {
    const { beat, pass, signals } = start();
    beat(100, 0);
    for (let index = 2; index <= 12; index += 1) {
      expect(signals).toEqual([]);
      beat(100 * index, 200);
    }
    expect(signals).toEqual([['stop', 1200]]);
    pass(100);
    expect(signals).toHaveLength(2);
  });

  it('lets it go on earlier the more lines there are to read', () => {
    const { beat, pass, signals } = start();
    beat(100, 3000);
    pass(100);
    expect(signals.at(-1)).toEqual(['go on', 167]);
  });

  it.each([
    ['few lines came', 49, {}],
    ['lines are still to come', 200, { left: 50 }],
    ['there is so much to read that no pause is left', 8000, {}],
  ])('does not stop it where %s', (_what, lines, state) => {
    const { beat, pass, signals } = start();
    beat(100, lines, state);
    pass(200);
    expect(signals).toEqual([]);
  });

  it('stops it for a shorter time where heartbeats come late, and not at all where very late', () => {
    const { beat, pass, signals } = start();
    beat(200, 100, { late: 60 });
    pass(100);
    expect(signals).toEqual([
      ['stop', 260],
      ['go on', 326],
    ]);
    beat(500, 100, { late: 160 });
    expect(signals).toHaveLength(2);
  });

  it('does not stop it any more after a loss', () => {
    const { beat, pass, signals } = start();
    beat(100, 200);
    pass(100);
    expect(signals).toHaveLength(2);
    for (let index = 2; index < 20; index += 1) {
      beat(100 * index, 200, { lost: 3 });
    }
    expect(signals).toHaveLength(2);
  });

  it('never stops it for longer than its buffers last', () => {
    const { beat, pass, signals } = start(40);
    beat(100, 200);
    pass(100);
    expect(signals.at(-1)).toEqual(['go on', 140]);
  });

  it('lets it go on at the end, and does not stop it again', () => {
    const { beat, pacing, pass, signals } = start();
    beat(100, 200);
    pacing.end();
    expect(signals.at(-1)).toEqual(['go on', 100]);
    pass(150);
    beat(300, 200);
    pacing.end();
    expect(signals).toHaveLength(2);
  });
});
