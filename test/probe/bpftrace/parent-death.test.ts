import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dieWithParent } from '../../../src/probe/bpftrace/parent-death.ts';
import { readProcText } from '../../../src/procfs/read.ts';
import { parseStat } from '../../../src/procfs/stat.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(`${tmpdir()}/nstrace-dieWithParent-`);
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A zombie, which nobody has waited for yet, runs no more. */
const isAlive = (pid: number): boolean => {
  const stat = parseStat(readProcText(`/proc/${pid}/stat`) ?? '');
  return stat !== undefined && stat.state !== 'Z';
};

describe('a child that is to end with its parent', () => {
  it.skipIf(dieWithParent().length === 0)('is killed when its parent is, by kill -9 too', async () => {
    const script =
      'const { spawn } = require("node:child_process"); const [file, ...args] = process.argv.slice(1); console.log(spawn(file, args).pid); setInterval(() => {}, 1000);';
    const parent = execa(process.execPath, ['-e', script, ...dieWithParent(), 'sleep', '60'], { reject: false });
    const pid = await new Promise<number>((resolve) => {
      parent.stdout.once('data', (data: Buffer) => resolve(Number(data.toString())));
    });
    expect(isAlive(pid)).toBe(true);
    parent.kill('SIGKILL');
    await parent;
    await expect.poll(() => isAlive(pid)).toBe(false);
  });

  it('is none where setpriv is missing, is busybox, or is not root’s', () => {
    expect(dieWithParent(join(folder, 'none'))).toEqual([]);
    const busybox = join(folder, 'busybox');
    writeFileSync(busybox, '');
    chmodSync(busybox, 0o755);
    symlinkSync(busybox, join(folder, 'setpriv'));
    expect(dieWithParent(join(folder, 'setpriv'))).toEqual([]);
    const writable = join(folder, 'other');
    writeFileSync(writable, '', { mode: 0o777 });
    expect(dieWithParent(writable)).toEqual([]);
  });
});
