import { readProcText } from '../../procfs/read.ts';
import { parseStat } from '../../procfs/stat.ts';

/** Processes that are read; whether one of more is the busiest cannot be said. */
export const maxMetered = 1000;
const everyMs = 1000;
/** proc_pid_stat(5) counts in hundredths of a second. */
const tickMs = 10;

/** CPU of a process of this machine, in percent of one core; undefined where that is not known. */
export type CpuOf = (pid: number) => number | undefined;

interface Metered {
  /** Somebody asked since the last reading. */
  isAsked: boolean;
  startTicks: number;
  cpuTicks: number;
  percent: number | undefined;
}

/** CPU of processes out of /proc/PID/stat: only of those that are asked about, as the lines on the screen do. */
export class Meter {
  readonly #metered = new Map<number, Metered>();
  readonly #read: (pid: number) => string | undefined;
  readonly #now: () => number;
  #readAt = Number.NEGATIVE_INFINITY;

  /** @param now a clock in ms */
  constructor(
    read = (pid: number): string | undefined => readProcText(`/proc/${pid}/stat`),
    now = (): number => performance.now(),
  ) {
    this.#read = read;
    this.#now = now;
  }

  /** Of one core, in the last second or so; undefined until there are two readings. */
  percentOf(pid: number): number | undefined {
    const known = this.#metered.get(pid);
    if (known !== undefined) {
      known.isAsked = true;
      return known.percent;
    }
    if (this.#metered.size < maxMetered) {
      this.#metered.set(pid, { isAsked: true, startTicks: -1, cpuTicks: 0, percent: undefined });
    }
    return undefined;
  }

  /** Reads what is asked about, if it is time. Call it with every frame. */
  tick(): void {
    const now = this.#now();
    const elapsedMs = now - this.#readAt;
    if (elapsedMs < everyMs) {
      return;
    }
    this.#readAt = now;
    for (const [pid, metered] of this.#metered) {
      const stat = metered.isAsked ? parseStat(this.#read(pid) ?? '') : undefined;
      if (stat === undefined) {
        this.#metered.delete(pid);
        continue;
      }
      const isSame = stat.startTicks === metered.startTicks;
      metered.percent = isSame ? ((stat.cpuTicks - metered.cpuTicks) * tickMs * 100) / elapsedMs : undefined;
      metered.startTicks = stat.startTicks;
      metered.cpuTicks = stat.cpuTicks;
      metered.isAsked = false;
    }
  }
}
