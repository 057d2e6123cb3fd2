import { readProcText } from '../../procfs/read.ts';
import { parseStat } from '../../procfs/stat.ts';

const usageMs = 2000;

/** CPU and memory of nstrace and of the bpftrace that it runs. */
export class OwnUsage {
  #at = performance.now();
  #cpuMs = 0;
  #percent = 0;
  #bytes = 0;

  read(child: number | undefined): { cpuPercent: number; memoryBytes: number } {
    const now = performance.now();
    if (now - this.#at >= usageMs || this.#bytes === 0) {
      const { user, system } = process.cpuUsage();
      const stat = child === undefined ? undefined : parseStat(readProcText(`/proc/${child}/stat`) ?? '');
      const cpuMs = (user + system) / 1000 + (stat?.cpuTicks ?? 0) * 10;
      this.#percent = this.#bytes === 0 ? 0 : ((cpuMs - this.#cpuMs) / (now - this.#at)) * 100;
      this.#cpuMs = cpuMs;
      this.#at = now;
      this.#bytes = process.memoryUsage.rss();
    }
    return { cpuPercent: Math.max(0, this.#percent), memoryBytes: this.#bytes };
  }
}
