import type { RecordOf } from '../../record/schema.ts';
import { addTo, type ViewEvent } from './event.ts';

type Exec = RecordOf<'exec'>;

/** What a search through PATH gets for a place where the program is not. */
const searching = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);
/** Searches that go on; those of processes that ended unseen would stay for ever. */
const maxSearches = 10_000;

/** Failed execs that belong together: a program is looked for in one folder after the other. */
export class Misses {
  /** The first attempt of each, by pid. */
  readonly #searches = new Map<number, ViewEvent>();

  /** Takes a failed exec; whether it was folded into the first attempt of its search. */
  failed(record: Exec, event: ViewEvent): boolean {
    if (!searching.has(record.errno ?? '')) {
      return false;
    }
    const first = this.#searches.get(record.pid);
    if (first === undefined || !isSameCall(first.record as Exec, record)) {
      if (this.#searches.size >= maxSearches) {
        this.#searches.clear();
      }
      this.#searches.set(record.pid, event);
      event.misses = addTo(undefined, record);
      return false;
    }
    addTo(first.misses, record);
    event.foldedInto = first;
    return true;
  }

  /** Takes an exec; whether attempts before it were folded into it. */
  succeeded(record: Exec, event: ViewEvent): boolean {
    const first = this.#searches.get(record.pid);
    this.#searches.delete(record.pid);
    if (first === undefined || !isSameCall(first.record as Exec, record)) {
      return false;
    }
    event.misses = first.misses;
    // Later attempts stay folded into the first one, which is listed where a filter leaves the exec out.
    first.foldedInto = event;
    return true;
  }

  ended(pid: number): void {
    this.#searches.delete(pid);
  }
}

/** A script's interpreter puts itself before the arguments: the end is the same then. */
const isSameCall = (failed: Exec, record: Exec): boolean => {
  const more = record.args.length - failed.args.length;
  const rest = failed.args.slice(1);
  return (
    more >= 0 &&
    rest.every((arg, index) => arg === record.args[index + 1 + more]) &&
    nameOf(failed.args[0]) === nameOf(record.args[more])
  );
};

const nameOf = (path = ''): string => path.slice(path.lastIndexOf('/') + 1);
