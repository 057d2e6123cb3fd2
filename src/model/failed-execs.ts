import type { FoldedEvent } from '../probe/event.ts';
import type { RecordOf } from '../record/schema.ts';

interface Last {
  readonly record: RecordOf<'exec'>;
  folded: number;
}

/** The last failed exec of each process, for the record that counts those like it that were only counted. */
export class FailedExecs {
  readonly #last = new Map<number, Last>();

  note(pid: number, record: RecordOf<'exec'>): void {
    this.#last.set(pid, { record, folded: this.#last.get(pid)?.folded ?? 0 });
  }

  forget(pid: number): void {
    this.#last.delete(pid);
  }

  /**
   * @returns how many more failed since the last count, and the record that they are like; that is undefined if its line was
   *   lost. Without a record only the last count says how many there were.
   */
  count({ pid, total, last: isLast }: FoldedEvent): { more: number; record: RecordOf<'exec'> | undefined } {
    const last = this.#last.get(pid);
    const reported = last?.folded ?? 0;
    // A bpftrace that was started again counts from 0.
    const more = total - (total < reported ? 0 : reported);
    if (last !== undefined && more > 0) {
      last.folded = total;
    }
    if (isLast) {
      this.#last.delete(pid);
    }
    return { more: last === undefined && !isLast ? 0 : more, record: last?.record };
  }
}
