import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { LineEvent } from '../../../src/probe/event.ts';
import { HeldForks } from '../../../src/probe/order/held-forks.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-held-`);
});
afterEach(() => rmSync(root, { recursive: true }));

const time = (at: number) => ({ at, mono: String(at) });
const begun = time(1_000_000_000);
/** A process 42 with parent 17 that started at `ticks`, of 10 ms each. */
const put = (ticks: number): void => {
  mkdirSync(`${root}/42`, { recursive: true });
  writeFileSync(`${root}/42/stat`, `42 (x) S 17 42 42 0 -1 4194304 100 0 0 0 1 2 0 0 20 0 1 0 ${ticks} 8192\n`);
};
const exec = (start: number) =>
  ({ kind: 'exec', pid: 42, start: time(start), vfork: 0x4000 }) as LineEvent & { vfork: number };

describe('a vfork that is held', () => {
  it('is reported once it is 100 ms old, at its own time, and only once', () => {
    const held = new HeldForks(root);
    put(200);
    expect(held.take(42, 0x4000, time(2_050_000_000), begun)).toBeUndefined();
    expect(held.take(42, 0x4000, time(2_110_000_000), begun)).toMatchObject({
      ...{ kind: 'fork', mono: '2000000000', pid: 42, ppid: 17, by: 17, flags: 0x4000, whole: false },
    });
    expect(held.take(42, 0x4000, time(2_210_000_000), begun)).toBeUndefined();
  });

  it('is not reported again by its exec, but another process of that pid is', () => {
    const held = new HeldForks(root);
    put(200);
    held.take(42, 0x4000, time(3_000_000_000), begun);
    const other = exec(2_500_000_000);
    held.settle(other);
    expect(other.vfork).toBe(0x4000);
    const same = exec(2_001_000_000);
    held.settle(same);
    expect(same.vfork).toBe(0);
  });

  it('is not older than the trace, and is nothing once it is gone', () => {
    const held = new HeldForks(root);
    expect(held.take(42, 0x4000, time(3_000_000_000), begun)).toBeUndefined();
    put(99);
    expect(held.take(42, 0x4000, time(3_000_000_000), begun)).toMatchObject({ mono: begun.mono });
  });

  it('is reported when it is 100 ms old, with its own pid in the only namespace that is known', () => {
    const held = new HeldForks(root);
    put(200);
    const event = held.take(42, 0x4000, time(2_100_000_000), begun);
    expect(event).toMatchObject({ nspid: [42], cpu: -1, seq: 0, start: { mono: '2000000000', at: 2e9 } });
  });

  it('is settled by an event that reports it, and by no other', () => {
    const held = new HeldForks(root);
    put(200);
    held.take(42, 0x4000, time(3_000_000_000), begun);
    for (const other of [
      { ...exec(2_001_000_000), vfork: 0 },
      { kind: 'exec', pid: 42, start: time(2_001_000_000) },
    ]) {
      held.settle(other as LineEvent);
    }
    const same = exec(2_001_000_000);
    held.settle(same);
    expect(same.vfork).toBe(0);
    const again = exec(2_001_000_000);
    held.settle(again);
    expect(again.vfork).toBe(0x4000);
  });
});
