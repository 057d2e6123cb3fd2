import { readdirSync, readFileSync } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { bpftraceOption } from './trace.ts';

/** The bpftrace that this nstrace started. */
export const bpftraceOf = (parent: number): number => {
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      if (stat.includes('(bpftrace)') && Number(stat.slice(stat.lastIndexOf(')') + 4).split(' ')[0]) === parent) {
        return Number(name);
      }
    } catch {
      // It ended meanwhile.
    }
  }
  throw new Error('no bpftrace');
};

/** A zombie that nobody has waited for yet does not run any more. */
export const isRunning = (pid: number): boolean => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

/** A bpftrace in a folder of the test's own with a buffer of a few pages, so that it can be made to lose. */
export const smallBuffers = async (folder: string): Promise<string> => {
  const path = join(folder, 'bpftrace-small');
  const real = bpftraceOption[1] ?? '/usr/bin/bpftrace';
  await writeFile(path, `#!/bin/sh\n[ "$1" = --version ] || export BPFTRACE_PERF_RB_PAGES=16\nexec ${real} "$@"\n`);
  await chmod(path, 0o755);
  return path;
};
