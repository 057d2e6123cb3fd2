import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countSkipped } from '../../../src/probe/bpftrace/skipped-runs.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nstrace-test-'));
  mkdirSync(join(root, '7/fdinfo'), { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('skipped runs', () => {
  it('are those of tracepoints, not of the heartbeat', () => {
    const info = (type: number, misses: number): string =>
      `pos:\t0\nprog_type:\t${type}\nprog_jited:\t1\nrun_cnt:\t0\nrecursion_misses:\t${misses}\n`;
    writeFileSync(join(root, '7/fdinfo/3'), info(5, 2));
    writeFileSync(join(root, '7/fdinfo/4'), info(5, 1));
    writeFileSync(join(root, '7/fdinfo/5'), info(7, 40));
    writeFileSync(join(root, '7/fdinfo/6'), 'pos:\t0\nflags:\t02\n');
    expect(countSkipped(7, root)).toBe(3);
  });

  it('of a process that is gone are not known', () => {
    expect(countSkipped(8, root)).toBe(0);
  });
});
