import { readdirSync, readFileSync } from 'node:fs';

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
