import { readProcText } from '../procfs/read.ts';
import { parseStat } from '../procfs/stat.ts';

/** A process and the CPU time that it has used since the reading before. */
export interface BusyProcess {
  readonly pid: number;
  readonly cpu_ns: number;
}

/** CPU time of a process as /proc/PID/stat has it, and its start, since pids are reused. */
export interface CpuReading {
  readonly startTicks: number;
  readonly cpuTicks: number;
}

/** Containers with more processes than these are not looked at: those that were left out might be the busiest. */
export const maxProcesses = 256;
/** Processes that are reported. */
const mostBusy = 3;
/** proc_pid_stat(5) counts in hundredths of a second, on every machine that bpftrace runs on. */
const tickNs = 10_000_000;

export const readCpu = (pid: number): CpuReading | undefined => parseStat(readProcText(`/proc/${pid}/stat`) ?? '');

/** Which processes of a container use most CPU. */
export class Busy {
  readonly #pids = new Map<number, CpuReading | undefined>();

  add(pid: number): void {
    if (!this.#pids.has(pid)) {
      this.#pids.set(pid, undefined);
    }
  }

  delete(pid: number): void {
    this.#pids.delete(pid);
  }

  /** The busiest since the last time, the busiest first; none at the first time. */
  read(read: (pid: number) => CpuReading | undefined = readCpu): BusyProcess[] {
    if (this.#pids.size > maxProcesses) {
      return [];
    }
    const busy: BusyProcess[] = [];
    for (const [pid, before] of this.#pids) {
      const now = read(pid);
      this.#pids.set(pid, now);
      if (now !== undefined && now.startTicks === before?.startTicks && now.cpuTicks > before.cpuTicks) {
        busy.push({ pid, cpu_ns: (now.cpuTicks - before.cpuTicks) * tickNs });
      }
    }
    return busy.sort((a, b) => b.cpu_ns - a.cpu_ns).slice(0, mostBusy);
  }
}
