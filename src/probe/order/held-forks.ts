import { monoOfTicks, type Nanoseconds, ticksOf } from '../../kernel/time.ts';
import { procRoot, readProcText } from '../../procfs/read.ts';
import { parseStat } from '../../procfs/stat.ts';
import type { ForkEvent, LineEvent } from '../event.ts';

/** A child of a vfork that has neither called exec nor ended after this time is reported by itself. */
const heldNs = 100_000_000;
/** @vfork holds no more (src/probe/bpftrace/features.ts). */
const maxReported = 16_384;

/**
 * Children of vfork have no line of their own: fork.bt holds them until they call exec or end, and prints those that it holds ten
 * times a second. This one reports those that stay, and sees to it that none is reported twice.
 */
export class HeldForks {
  readonly #root: string;
  /** Start in ticks by pid. */
  readonly #reported = new Map<number, number>();

  constructor(root = procRoot) {
    this.#root = root;
  }

  /**
   * A line of fork.bt about one that it holds.
   *
   * @param now the kernel's time
   * @param begun when tracing began: nothing is older
   */
  take(pid: number, flags: number, now: Nanoseconds, begun: Nanoseconds): ForkEvent | undefined {
    if (this.#reported.has(pid) || this.#reported.size >= maxReported) {
      return undefined;
    }
    const stat = parseStat(readProcText(`${this.#root}/${pid}/stat`) ?? '');
    const mono = stat && monoOfTicks(stat.startTicks);
    if (stat === undefined || mono === undefined || now.at - Number(mono) < heldNs) {
      return undefined;
    }
    this.#reported.set(pid, stat.startTicks);
    const { ppid } = stat;
    const start = Number(mono) > begun.at ? { mono, at: Number(mono) } : begun;
    const unknown = { whole: false, uid: 0, gid: 0, nspid: [pid], ns: noNamespaces, cgroupId: 0, cpu: -1, seq: 0 };
    return { kind: 'fork', ...start, ...unknown, pid, by: ppid, ppid, flags, start };
  }

  /** Takes the fork out of the event that would report it for the second time. */
  settle(event: LineEvent): void {
    if ('vfork' in event && event.vfork !== 0 && this.#reported.get(event.pid) === ticksOf(event.start)) {
      event.vfork = 0;
      this.#reported.delete(event.pid);
    }
  }
}

const noNamespaces = { pid: 0, mnt: 0, net: 0, ipc: 0, uts: 0, user: 0, cgroup: 0, time: 0 };
