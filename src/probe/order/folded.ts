import type { Nanoseconds } from '../../kernel/time.ts';
import type { FoldedEvent } from '../event.ts';

/** How many failed execs of each process the probes only counted. */
export class FoldedCounts {
  readonly #totals = new Map<number, number>();
  readonly #changed: FoldedEvent[] = [];

  /** @param total of a process, since it began to fail */
  note(pid: number, total: number, time: Nanoseconds): void {
    if (this.#totals.get(pid) !== total) {
      this.#totals.set(pid, total);
      this.#changed.push({ kind: 'folded', ...time, cpu: -1, seq: 0, pid, total, last: false });
    }
  }

  /** The process has reported its last total. */
  forget(pid: number): void {
    this.#totals.delete(pid);
  }

  /** What changed since it was asked last. */
  take(): FoldedEvent[] {
    return this.#changed.splice(0);
  }
}
