import { nsPerTick } from '../../kernel/time.ts';
import { readProcText } from '../../procfs/read.ts';
import { parseStat } from '../../procfs/stat.ts';
import type { BpftraceState } from './state.ts';

/**
 * What the child process that traces uses: /proc/PID/stat and status.
 *
 * @param pid 0 if none runs
 */
export const bpftraceState = (pid: number, restarts: number): BpftraceState => {
  const stat = parseStat(readProcText(`/proc/${pid}/stat`) ?? '');
  const [, residentKb = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readProcText(`/proc/${pid}/status`) ?? '') ?? [];
  return {
    restarts,
    cpuSeconds: ((stat?.cpuTicks ?? 0) * nsPerTick) / 1e9,
    residentBytes: Number(residentKb) * 1024,
  };
};
