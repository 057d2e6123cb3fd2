import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Mountinfo } from '../../src/procfs/mountinfo.ts';

let root: string;
let now: number;
/** CPU time that each look at the clock finds used since the last. */
let costs: number;
let used: number;
beforeEach(() => {
  root = mkdtempSync(`${tmpdir()}/nstrace-mountinfo-`);
  [now, costs, used] = [0, 0, 0];
});
afterEach(() => rmSync(root, { recursive: true }));

const put = (pid: number, content: string): void => {
  mkdirSync(`${root}/${pid}`, { recursive: true });
  writeFileSync(`${root}/${pid}/mountinfo`, content);
};

const open = (each = 20, all = 100): Mountinfo =>
  new Mountinfo(
    root,
    { each, all },
    {
      now: () => now,
      cpu: () => {
        used += costs;
        return used;
      },
    },
  );

const many = '28 1 0:26 / / rw - overlay overlay rw\n'.repeat(1000);

describe('mounts of others', () => {
  it('are read whole where they cost little', () => {
    put(7, many);
    const mounts = open();
    expect(mounts.read(7, 1)?.toString()).toBe(many);
    expect(mounts.refused).toBe(0);
  });

  it('are given up in the middle when they have cost enough, and rest', () => {
    put(7, many);
    const mounts = open();
    costs = 8;
    expect(mounts.read(7, 1)).toBeUndefined();
    expect(used).toBeLessThan(50);
    costs = 0;
    now = 29_000;
    expect(mounts.read(7, 1)).toBeUndefined();
    expect(mounts.read(7, 2)?.toString()).toBe(many);
    now = 31_000;
    expect(mounts.read(7, 1)?.toString()).toBe(many);
    expect(mounts.refused).toBe(2);
  });

  it('cost no more than so much a second in all', () => {
    put(7, '28 1 0:26 / / rw - overlay overlay rw\n');
    const mounts = open();
    costs = 5;
    const read = (): number =>
      Array.from({ length: 50 }, (_, index) => mounts.read(7, now + index)).filter((found) => found !== undefined)
        .length;
    const first = read();
    expect(first).toBeGreaterThan(3);
    expect(used).toBeLessThan(200);
    now = 1000;
    expect(read()).toBe(first);
  });

  it('are none of a process that is gone, which is no refusal', () => {
    const mounts = open();
    expect(mounts.read(8, 1)).toBeUndefined();
    expect(mounts.refused).toBe(0);
  });

  it('are not read beyond a megabyte', () => {
    put(7, many.repeat(30));
    expect(open().read(7, 1)).toBeUndefined();
  });
});
