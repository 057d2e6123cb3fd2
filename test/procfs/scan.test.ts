import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanProcesses } from '../../src/procfs/scan.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nstrace-proc-'));
});
afterEach(() => rmSync(root, { recursive: true }));

/** As /proc/PID/stat has it (proc_pid_stat(5)): start in field 22. */
const add = (pid: number, start: number): void => {
  mkdirSync(join(root, String(pid)));
  const rest = Array.from({ length: 33 }, (_, index) => (index + 20 === 22 ? start : 0));
  writeFileSync(
    join(root, `${pid}/stat`),
    `${pid} (sh) S 1 ${pid} ${pid} 0 -1 0 0 0 0 0 0 0 0 0 20 0 1 ${rest.slice(1).join(' ')}\n`,
  );
  writeFileSync(
    join(root, `${pid}/status`),
    `Name:\tsh\nTgid:\t${pid}\nPid:\t${pid}\nPPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nNSpid:\t${pid}\nThreads:\t1\n`,
  );
  writeFileSync(join(root, `${pid}/cmdline`), 'sh\0');
  writeFileSync(join(root, `${pid}/cgroup`), '0::/\n');
};

describe('a scan of /proc', () => {
  it('has processes in the order in which they started, parents before children', async () => {
    add(300, 30);
    add(20, 50);
    add(5, 40);
    add(4, 40);
    const found = await scanProcesses(new Set(), root);
    expect(found.map(({ pid }) => pid)).toEqual([300, 4, 5, 20]);
  });

  it('leaves out whom it is to leave out, who has ended meanwhile, and what is no process', async () => {
    add(5, 40);
    add(6, 41);
    mkdirSync(join(root, '7'));
    mkdirSync(join(root, 'self'));
    mkdirSync(join(root, '-1'));
    mkdirSync(join(root, '1.5'));
    const found = await scanProcesses(new Set([6]), root);
    expect(found.map(({ pid }) => pid)).toEqual([5]);
  });

  it('reads more processes than it reads at once', async () => {
    for (let pid = 1; pid <= 250; pid += 1) {
      add(pid, 1000 - pid);
    }
    const found = await scanProcesses(new Set(), root);
    expect(found).toHaveLength(250);
    expect([found[0]!.pid, found.at(-1)!.pid]).toEqual([250, 1]);
  });
});
