import type { EnterEvent, KernelEvent, LeaveEvent, LineEvent } from '../event.ts';

/** Threads between the two lines of a call; most of them failed, which has no second line. */
const maxCallers = 16_384;

/**
 * Makes one event of the two lines of setns and unshare. It takes events in the order of time: a thread can come back on
 * another CPU, whose lines may be read before those of the first one.
 */
export class NamespacePairs {
  readonly #out: (event: KernelEvent) => void;
  readonly #callers = new Map<number, LeaveEvent>();
  #forgot = false;

  constructor(out: (event: KernelEvent) => void) {
    this.#out = out;
  }

  take(event: LineEvent): void {
    if (event.kind === 'leave') {
      this.#leave(event);
    } else if (event.kind === 'enter') {
      this.#enter(event);
    } else {
      this.#out(event);
    }
  }

  #leave(event: LeaveEvent): void {
    // Back at the end: the order says which is the oldest.
    this.#callers.delete(event.tid);
    this.#callers.set(event.tid, event);
    if (this.#callers.size > maxCallers) {
      const [oldest] = this.#callers.keys();
      this.#callers.delete(oldest!);
      this.#forgot = true;
    }
  }

  #enter({ op, tid, after, mono, at, cpu, seq }: EnterEvent): void {
    const caller = this.#callers.get(tid);
    if (caller !== undefined) {
      this.#callers.delete(tid);
      const { pid, start, ppid, nspid, pidns, before, vfork } = caller;
      const who = { pid, start, tid, ppid, nspid, pidns, vfork };
      this.#out({ kind: 'namespace', mono, at, cpu, seq, op, ...who, before, after });
    } else if (this.#forgot) {
      this.#out({ kind: 'lost', count: 1, exact: true, from: mono, to: mono, mono, at, cpu, seq });
    }
    // Else its first line was lost, and that was said.
  }
}
